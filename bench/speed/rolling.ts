// P1 and P2: rolling z-score, and rolling median with the MAD about each window's own median, beside pandas and NumPy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '#stats/rng.ts';
import { rollingMedianMad } from '#stats/rolling-median-mad.ts';
import { rollingZScore } from '#stats/rolling-z-score.ts';
import { bytesOf, checkApart, type Duel, fight } from './duel.ts';
import { type Section, withPeers } from './section.ts';

const WINDOW = 60;
const MIN_POINTS = 30;
const POINTS = 1440;
const Z_SERIES = 1000;
/** pandas takes 30 µs a point here; more series only make the wait longer. */
const MAD_SERIES = 40;
const GAP_RATIO = 0.02;
const TOLERANCE = 1e-9;

export const rolling: Section = {
  rows: ['P1', 'P2'],
  title: 'rolling scores',
  async run(context) {
    const { folder, times } = context;
    const gappy = noise(Z_SERIES, GAP_RATIO);
    const whole = noise(MAD_SERIES, 0);
    const [zFile, madFile] = [join(folder, 'z'), join(folder, 'mad')];
    await writeFile(zFile, bytesOf(gappy));
    await writeFile(madFile, bytesOf(whole));
    const args = [WINDOW, MIN_POINTS, zFile, Z_SERIES, madFile, MAD_SERIES, POINTS];
    return await withPeers(context, 'rolling.py', args, async (peer) => [
      ...(await fight(zScores(gappy), peer, folder, times)),
      ...(await fight(medians(whole), peer, folder, times)),
    ]);
  },
};

function zScores(values: Float64Array): Duel {
  const work = `rolling z-score, ${Z_SERIES} series × ${POINTS} points with gaps`;
  const out = new Float64Array(values.length);
  const check = (result: Float64Array) => checkApart(work, out, result, TOLERANCE);
  return {
    ...{ row: 'P1', work },
    ours: () =>
      eachRow(values, out, (row, into) => rollingZScore(row, { window: WINDOW, minPoints: MIN_POINTS }, into)),
    opponents: [
      { name: 'pandas-z', target: '4× → 15×', check },
      { name: 'numpy-z', target: '2× → 8×', check },
    ],
  };
}

function medians(values: Float64Array): Duel {
  const work = `rolling median and MAD, window ${WINDOW}, ${MAD_SERIES} series × ${POINTS} points`;
  const out = new Float64Array(values.length);
  const centres = new Float64Array(POINTS);
  const check = (result: Float64Array) => checkApart(work, out, result, TOLERANCE);
  return {
    ...{ row: 'P2', work },
    ours: () =>
      eachRow(values, out, (row, mads) =>
        rollingMedianMad(row, { window: WINDOW, minPoints: WINDOW }, { medians: centres, mads }),
      ),
    opponents: [
      { name: 'pandas-mad', target: '3× → 8×', check },
      { name: 'numpy-mad', target: '3× → 8×', check },
    ],
  };
}

function eachRow(values: Float64Array, out: Float64Array, run: (row: Float64Array, into: Float64Array) => void): void {
  for (let from = 0; from < values.length; from += POINTS) {
    run(values.subarray(from, from + POINTS), out.subarray(from, from + POINTS));
  }
}

/** Series like a latency in milliseconds: 50 ± 10, some of it missing. */
function noise(series: number, gapRatio: number): Float64Array {
  const rng = createRng(1440);
  return Float64Array.from({ length: series * POINTS }, () => {
    const value = 50 + 10 * rng.normal();
    return rng.uniform() < gapRatio ? Number.NaN : value;
  });
}
