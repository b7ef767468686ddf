import { expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { detectorProjection } from './detector-record.ts';
import { statusOf } from './detector-status.ts';
import { extensionConditions, extensionStandingOf } from './extension-condition.ts';

const GOOD = '{"apiVersion":"runbook.tidewatch.io/v1","owner":"team-cart"}';
const BAD = '{"apiVersion":"runbook.tidewatch.io/v1","url":"ftp://x","ownr":"y"}';
const NOW_MS = Date.parse('2026-11-27T12:00:00.500Z');

const conditions = (raw: string | undefined, before: Parameters<typeof extensionConditions>[1] = []) =>
  extensionConditions(extensionStandingOf(raw), before, 7, NOW_MS);

it('nothing is said where there is none, or it is a stranger’s', () => {
  expect(conditions(undefined)).toEqual([]);
  expect(conditions('{"apiVersion":"acme.example/v1","any":1}')).toEqual([]);
});

it('a good one is not invalid', () => {
  expect(conditions(GOOD)).toEqual([
    {
      ...{ type: 'ExtensionInvalid', status: 'False', reason: 'Valid', observedGeneration: 7 },
      message: 'The extension has the type that it names.',
      lastTransitionTime: '2026-11-27T12:00:00.000Z',
    },
  ]);
});

it('a bad one is, with every problem, and that the detector works', () => {
  const [condition] = conditions(BAD);
  expect(condition).toMatchObject({ status: 'True', reason: 'Malformed' });
  expect(condition?.message).toMatch(
    /^The extension is not used, and the rest is: spec\.extension\.ownr: .*; spec\.extension\.url: /,
  );
  expect(conditions('{"apiVersion":"runbook.tidewatch.io/v9"}')).toMatchObject([
    { status: 'True', reason: 'UnknownType' },
  ]);
});

it('how long it is so changes only with its status', () => {
  const earlier = conditions(BAD).map((one) => ({ ...one, lastTransitionTime: '2026-01-01T00:00:00.000Z' }));
  expect(conditions(BAD, earlier)).toEqual(earlier);
  expect(conditions(GOOD, earlier)[0]?.lastTransitionTime).toBe('2026-11-27T12:00:00.000Z');
});

it('a message has an end, whatever the extension says', () => {
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${'x'.repeat(300)}${index}`, index]));
  const [condition] = conditions(JSON.stringify({ apiVersion: 'runbook.tidewatch.io/v1', owner: 'a', ...fields }));
  expect(condition?.message.length).toBeLessThanOrEqual(1000);
});

it('it stands beside Ready in the status, and the detector is watched all the same', () => {
  const project = detectorProjection((object) => parseDetectorObject(object, ALGORITHMS));
  const recordOf = (extension: object | undefined) => {
    const spec = { selector: { app: 'x' }, metricName: 'm', ...(extension && { extension }) };
    const metadata = { uid: 'u', namespace: 'shop', name: 'd', generation: 7 };
    const record = project({ apiVersion: 'a.b/v2', kind: 'AnomalyDetector', metadata, spec });
    if (record === undefined) throw new Error('no record');
    return record;
  };
  const typesOf = (extension: object | undefined) =>
    statusOf(recordOf(extension), { kind: 'suspended' }, NOW_MS).conditions.map(
      ({ type, status }) => `${type} ${status}`,
    );
  expect(recordOf(JSON.parse(BAD)).watch?.plans).toHaveLength(1);
  expect(typesOf(JSON.parse(BAD))).toEqual(['Ready False', 'ExtensionInvalid True']);
  expect(typesOf(JSON.parse(GOOD))).toEqual(['Ready False', 'ExtensionInvalid False']);
  expect(typesOf(undefined)).toEqual(['Ready False']);
});

it.each([
  [GOOD, 'ask team-cart'],
  [
    '{"apiVersion":"runbook.tidewatch.io/v1","owner":"o","url":"https://example.org/x"}',
    'https://example.org/x, ask o',
  ],
  ['{"apiVersion":"runbook.tidewatch.io/v1","notes":"n"}', undefined],
  [BAD, undefined],
])('of %s tells the runbook', (raw, runbook) => {
  expect(extensionStandingOf(raw)?.runbook).toBe(runbook);
});
