import { expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { createSpecFailures } from '#resource/spec-failure.ts';
import { countedParse } from './counted-parse.ts';

function setUp() {
  const failures = createSpecFailures(['AnomalyDetector']);
  const parse = countedParse((object) => parseDetectorObject(object, ALGORITHMS), failures);
  const counts = () => failures.counts().map(({ kind, error, count }) => `${kind} ${error} ${count}`);
  return { parse, counts };
}

const object = (spec: unknown, uid: string, generation = 1) => ({
  ...{
    apiVersion: 'a.b/v2',
    kind: 'AnomalyDetector',
    metadata: { name: 'd', namespace: 'shop', uid, generation },
    spec,
  },
});
const GOOD = { selector: { app: 'x' }, metricName: 'm' };

it('what can be read is not counted, and what cannot be is, by why', () => {
  const { parse, counts } = setUp();
  expect(parse(object(GOOD, 'a')).problems).toEqual([]);
  expect(counts()).toEqual([]);
  expect(parse(object({ ...GOOD, threshold: -1 }, 'b')).problems).toHaveLength(1);
  parse(object(null, 'c'));
  parse({ ...object(GOOD, 'd'), kind: 'Anything' });
  parse(null);
  expect(counts()).toEqual([
    'AnomalyDetector schema 1',
    'AnomalyDetector no-spec 1',
    'other unknown-kind 1',
    'other no-object 1',
  ]);
});

it('what comes again is counted again only when its spec changed, or it is another object', () => {
  const { parse, counts } = setUp();
  for (const generation of [1, 1, 1, 2, 2]) parse(object({}, 'a', generation));
  expect(counts()).toEqual(['AnomalyDetector schema 2']);
  parse(object({}, 'b', 2));
  expect(counts()).toEqual(['AnomalyDetector schema 3']);
});
