// P4: five days of points five minutes apart, decomposed by STL with a fit at each point (jump 1), beside statsmodels.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '#stats/rng.ts';
import { stl as decompose } from '#stats/stl.ts';
import { bytesOf, checkApart, fight } from './duel.ts';
import { type Section, withPeers } from './section.ts';

const POINTS = 1440;
const PERIOD = 288;
/** One takes some milliseconds: too short for a clock. */
const TIMES = 20;
const TOLERANCE = 1e-6;

export const stl: Section = {
  rows: ['P4'],
  title: 'STL',
  async run(context) {
    const { folder, times } = context;
    const rng = createRng(288);
    const values = Float64Array.from(
      { length: POINTS },
      (_, index) => 100 + 0.01 * index + 20 * Math.sin((2 * Math.PI * index) / PERIOD) + 3 * rng.normal(),
    );
    const file = join(folder, 'stl');
    await writeFile(file, bytesOf(values));
    const work = `STL, ${POINTS} points of period ${PERIOD}, jump 1, ${TIMES} times`;
    const out = new Float64Array(2 * POINTS);
    const duel = {
      ...{ row: 'P4', work },
      ours: () => {
        for (let round = 0; round < TIMES; round++) {
          const found = decompose(values, { period: PERIOD });
          if (found === undefined) throw new Error('too short for STL');
          out.set(found.seasonal);
          out.set(found.trend, POINTS);
        }
      },
      opponents: [
        {
          ...{ name: 'statsmodels', target: 'shown → 2×' },
          check: (result: Float64Array) => checkApart(work, out, result, TOLERANCE),
        },
      ],
    };
    return await withPeers(context, 'stl.py', [file, PERIOD, TIMES], (peer) => fight(duel, peer, folder, times));
  },
};
