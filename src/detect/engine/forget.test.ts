// A series that is gone is forgotten: whether and when its state is let go must not show in what the engine gives.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import { blockOf, type Gathered, gather, MINUTE_MS, minutesOf, planOf, type Sample, seriesOf } from './test-stream.ts';

const FORGET_MS = 20 * MINUTE_MS;
const PLANS = ['auto', 'static-threshold'].map((algorithm) =>
  planOf({
    ...{ detector: algorithm, algorithm, forgetMs: FORGET_MS },
    parameters: algorithm === 'auto' ? { baselineMs: 15 * MINUTE_MS, minPoints: 10 } : { above: 10 },
  }),
);
const seriesFor = (id: number) => seriesOf(id, { pod: 'cart-1' });

/** A life of the series: normal, at its end perhaps not. */
const life = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 60 }));

function samplesOf(lives: readonly (readonly [number, number, number])[]): Sample[][] {
  let minute = 0;
  return lives.map(([normal, wild, pause]) => {
    const values = Array.from({ length: normal + wild }, (_, index) => (index < normal ? Math.sin(index * 7) : 50));
    const samples = minutesOf(0, values, minute);
    minute += values.length + pause;
    return samples;
  });
}

/** Runs the lives; `letGo`: under a new id each time it was away for long enough. */
function run(lives: readonly Sample[][], letGo: boolean): Gathered {
  const engine = createEngine(PLANS, ALGORITHMS);
  const all: Gathered = { rows: [], findings: new Map() };
  const keys: string[] = [];
  let id = 0;
  let lastMs = Number.NaN;
  engine.addSeries([seriesFor(id)]);
  for (const samples of lives) {
    for (const sample of samples) {
      for (const finding of engine.advance(sample.timeMs)) all.findings.set(finding.id, finding);
      if (letGo && sample.timeMs - lastMs > FORGET_MS) {
        engine.removeSeries([id]);
        engine.addSeries([seriesFor(++id)]);
      }
      lastMs = sample.timeMs;
      const output = engine.step(blockOf([{ ...sample, id }]));
      for (const { track, info } of output.newTracks) keys[track] = info.key;
      const key = (row: number) => keys[output.scores.tracks[row] ?? -1] ?? '?';
      const { timesMs, scores, flags } = output.scores;
      scores.forEach((score, row) => {
        all.rows.push({ key: key(row), timeMs: timesMs[row] ?? 0, score, flags: flags[row] ?? -1 });
      });
      for (const finding of output.findings) all.findings.set(finding.id, finding);
    }
  }
  return all;
}

test('to let a series go when its plans have forgotten it changes nothing', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 5 }), (lives) => {
      const samples = samplesOf(lives);
      expect(run(samples, true)).toEqual(run(samples, false));
    }),
    { numRuns: 60 },
  );
});

test('a series that was away for longer than it is remembered warms up again; one that was not goes on', () => {
  const values = Array.from({ length: 15 }, (_, index) => Math.sin(index * 7));
  const scoreAfter = (pause: number): number | undefined => {
    const engine = createEngine(PLANS.slice(0, 1), ALGORITHMS);
    engine.addSeries([seriesFor(0)]);
    return gather(engine, [blockOf([...minutesOf(0, values), ...minutesOf(0, [1], 14 + pause)])]).rows.at(-1)?.score;
  };
  expect(scoreAfter(20)).not.toBeNaN();
  expect(scoreAfter(21)).toBeNaN();
});

test('a series that nobody forgets keeps its baseline over any gap', () => {
  const engine = createEngine([planOf({ algorithm: 'auto', parameters: { minPoints: 10 } })], ALGORITHMS);
  engine.addSeries([seriesFor(0)]);
  const values = Array.from({ length: 15 }, (_, index) => Math.sin(index * 7));
  const { rows } = gather(engine, [blockOf([...minutesOf(0, values), ...minutesOf(0, [1], 10_000)])]);
  expect(rows.at(-1)?.score).not.toBeNaN();
});
