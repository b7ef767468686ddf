import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { readDetector } from './anomaly-detector/read.ts';
import { DEFAULT_GROUP } from './anomaly-detector/v1.ts';
import { pathText } from './problem.ts';
import type { JsonValue } from './schema/json-value.ts';
import { createSpecFailures, SPEC_FAILURES, specFailureOf } from './spec-failure.ts';

function failureOf(object: JsonValue): string {
  const { problems } = readDetector(object, {
    ...{ algorithms: ALGORITHMS, group: DEFAULT_GROUP, unknownFields: 'drop' },
  });
  return specFailureOf(object, pathText(problems[0]?.path ?? []));
}

const HEAD = { apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata: { name: 'd' } };

it('each way to be unreadable has its word', () => {
  const words = [
    null,
    { ...HEAD, kind: 'Pod' },
    { ...HEAD, apiVersion: 'x/v9' },
    { ...HEAD, spec: 'text' },
    { ...HEAD, spec: {} },
  ];
  expect(words.map(failureOf)).toEqual(SPEC_FAILURES);
});

it('there is no other word, whatever comes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, isObject) => {
      const object = isObject ? { ...HEAD, spec: value } : value;
      expect(SPEC_FAILURES).toContain(failureOf(object as JsonValue));
    }),
  );
});

it('what is counted has as many labels as kinds and words, however many kinds others think of', () => {
  const failures = createSpecFailures(['AnomalyDetector']);
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...SPEC_FAILURES), (kind, error) => {
      failures.add(kind, error);
      failures.add('AnomalyDetector', error);
    }),
  );
  const counts = failures.counts();
  expect(counts.length).toBeLessThanOrEqual(2 * SPEC_FAILURES.length);
  expect([...new Set(counts.map(({ kind }) => kind))].sort()).toEqual(['AnomalyDetector', 'other']);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(200);
});
