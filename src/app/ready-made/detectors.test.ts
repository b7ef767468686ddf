import { expect, it } from 'vitest';
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { metricsOf, restrictToNamespace } from '#collect/prometheus/promql.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { tidewatch } from '../../../test/fixtures/command.ts';
import { SHIPPED } from '../shipped.ts';
import { readyMadeDetectors } from './detectors.ts';
import { recordingRules } from './recording-rules.ts';

const READY = (['queries', 'recorded'] as const).flatMap((reading) =>
  readyMadeDetectors(DEFAULT_GROUP, reading).map((one) => [`${one.object.metadata.name}, ${reading}`, one] as const),
);

const queryOf = (object: object) => parseDetectorObject(object, ALGORITHMS, { queryProblem }).plans[0]?.query ?? '';

it.each(READY)('%s judges as observe mode does', (_, { observed, object }) => {
  const { plans, problems } = parseDetectorObject(object, ALGORITHMS, { queryProblem });
  expect(problems).toEqual([]);
  const [plan, ...more] = plans;
  expect(more).toEqual([]);
  const { algorithm, threshold, guards, metricName } = observed.plan;
  expect(plan).toMatchObject({ algorithm, threshold, guards, metricName });
  expect(plan?.parameters).toMatchObject(observed.plan.parameters);
});

it.each(READY)('%s can be kept within a namespace, and gives series of pods', (_, { object }) => {
  const query = queryOf(object);
  expect(restrictToNamespace(query, 'shop')).toContain('namespace="shop"');
  expect(query).toMatch(/by \(namespace, pod\b/);
});

it('what is recorded is read where it is, and nothing else', () => {
  const recorded = new Set(recordingRules().map(({ record }) => record));
  const read = READY.flatMap(([, { object }]) => metricsOf(queryOf(object))).filter((name) =>
    name.startsWith('tidewatch:'),
  );
  expect(read.length).toBeGreaterThan(5);
  for (const name of read) expect(recorded).toContain(name);
});

it('what is heavy is recorded, and each once', () => {
  const heavy = OBSERVED.filter(({ isHeavy }) => isHeavy).map(({ metricName }) => `tidewatch:${metricName}`);
  expect(recordingRules().map(({ record }) => record)).toEqual(heavy);
});

it('a cluster would take all that is shipped', async () => {
  const { code, stdout } = await tidewatch(['validate', '-f', `${SHIPPED.repository}detectors`]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/objects, 0 problems/)]);
}, 60_000);
