// What the engine gives must not depend on how the work is cut: into blocks, or families over several engines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { familyKey } from '#model/series.ts';
import { createRng } from '#stats/rng.ts';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import { blockOf, gather, MINUTE_MS, planOf, type Sample, START_MS, seriesOf } from './test-stream.ts';

const PARAMETERS = { baselineMs: 15 * MINUTE_MS, minPoints: 10 };
const GUARDS = { persistence: { points: 2, of: 3, clear: 2 } };
const PLANS = ['latency_p90_seconds', 'latency_p99_seconds', 'errors_total'].flatMap((metricName) => [
  planOf({
    detector: metricName,
    metricName,
    algorithm: 'auto',
    parameters: PARAMETERS,
    guards: { ...GUARDS, ends: 'back' },
  }),
  planOf({ detector: `${metricName}-z`, metricName, algorithm: 'z-score', threshold: 2, guards: GUARDS }),
]);
const SERIES = [0, 1, 2, 3, 4, 5, 6].map((id) =>
  seriesOf(id, { __name__: PLANS[(id % 3) * 2]?.metricName ?? '', pod: `pod-${Math.floor(id / 3)}` }),
);
const END_MS = START_MS + 1e9;

/** Noise with outbursts, missing values, lost and doubled samples, and pauses in which a pod says nothing. */
function streamOf(seed: number): Sample[] {
  const rng = createRng(seed);
  const samples: Sample[] = [];
  const burst = SERIES.map(() => 0);
  const pause = SERIES.map(() => 0);
  for (let minute = 0; minute < 120; minute++) {
    const timeMs = START_MS + minute * MINUTE_MS;
    const seenMs = timeMs + Math.floor(rng.uniform() * 5000);
    for (const { id } of SERIES) {
      if (rng.uniform() < 0.03) burst[id] = minute + 5;
      if (rng.uniform() < 0.01) pause[id] = minute + 12;
      if ((pause[id] ?? 0) > minute) continue;
      const value = rng.uniform() < 0.05 ? Number.NaN : rng.normal() + ((burst[id] ?? 0) > minute ? 30 : 0);
      samples.push({ id, timeMs, seenMs, value });
      if (rng.uniform() < 0.02) samples.push({ id, timeMs, seenMs, value: 7 });
    }
  }
  return samples;
}

function run(blocks: readonly (readonly Sample[])[], series = SERIES) {
  const engine = createEngine(PLANS, ALGORITHMS);
  engine.addSeries(series);
  const gathered = gather(engine, blocks.map(blockOf));
  for (const finding of engine.advance(END_MS)) {
    gathered.findings.delete(finding.id);
    gathered.findings.set(finding.id, finding);
  }
  return gathered;
}

test('any cutting into blocks gives the same rows and the same findings, in the same order', () => {
  let findings = 0;
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(900), { maxLength: 12 }), (seed, cuts) => {
      const samples = streamOf(seed);
      const edges = [0, ...cuts.sort((a, b) => a - b), samples.length];
      const blocks = edges.slice(1).map((to, index) => samples.slice(edges[index], to));
      const whole = run([samples]);
      findings += whole.findings.size;
      const cut = run(blocks);
      expect(cut.rows).toEqual(whole.rows);
      expect([...cut.findings]).toEqual([...whole.findings]);
    }),
    { numRuns: 25 },
  );
  expect(findings).toBeGreaterThan(100);
});

test('families spread over two engines give the same rows and findings as one', () => {
  const family = (id: number) => familyKey(SERIES[id]?.labels ?? {});
  const families = [...new Set(SERIES.map(({ id }) => family(id)))];
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.boolean(), { minLength: families.length, maxLength: families.length }),
      (seed, left) => {
        const samples = streamOf(seed);
        const isLeft = (id: number) => left[families.indexOf(family(id))] === true;
        const whole = run([samples]);
        const parts = [true, false].map((side) =>
          run(
            [samples.filter(({ id }) => isLeft(id) === side)],
            SERIES.filter(({ id }) => isLeft(id) === side),
          ),
        );
        const rowsOf = (key: string, rows: typeof whole.rows) => rows.filter((row) => row.key === key);
        const rows = parts.flatMap((part) => part.rows);
        expect(rows).toHaveLength(whole.rows.length);
        for (const key of new Set(whole.rows.map((row) => row.key)))
          expect(rowsOf(key, rows)).toEqual(rowsOf(key, whole.rows));
        const byId = (findings: Iterable<[string, unknown]>) => [...findings].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(byId(parts.flatMap((part) => [...part.findings]))).toEqual(byId(whole.findings));
      },
    ),
    { numRuns: 25 },
  );
});

test('telling how far the stream has come, at any moment, changes nothing but when it is known', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(700), (seed, cut) => {
      const samples = streamOf(seed).sort((a, b) => (a.seenMs ?? 0) - (b.seenMs ?? 0));
      const whole = run([samples]);
      const engine = createEngine(PLANS, ALGORITHMS);
      engine.addSeries(SERIES);
      const first = gather(engine, [blockOf(samples.slice(0, cut))]);
      const told = engine.advance(samples[cut]?.seenMs ?? END_MS);
      const rest = engine.step(blockOf(samples.slice(cut)));
      const after = [...told, ...rest.findings, ...engine.advance(END_MS)];
      const findings = new Map([...first.findings, ...after.map((finding) => [finding.id, finding] as const)]);
      expect(findings).toEqual(whole.findings);
      expect([...rest.scores.flags]).toEqual(whole.rows.slice(first.rows.length).map(({ flags }) => flags));
    }),
    { numRuns: 25 },
  );
});
