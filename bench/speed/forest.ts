// P5: an isolation forest of 100 trees, grown and asked about every row, beside scikit-learn and PyOD. Chance draws the trees, so
// what must be equal is how well the scores tell the odd rows: the area under the curve, over several seeds.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { growIsolationForest, scoreIsolation } from '#stats/isolation-forest.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { bytesOf, fight } from './duel.ts';
import { scattered } from './scattered.ts';
import { type Section, withPeers } from './section.ts';

const ROWS = 5000;
const SEEDS = 5;
const TOLERANCE = 0.01;

export const forest: Section = {
  rows: ['P5'],
  title: 'isolation forest',
  async run(context) {
    const { folder, times } = context;
    const { matrix, odd } = scattered(ROWS);
    const file = join(folder, 'forest');
    await writeFile(file, bytesOf(matrix.values));
    const work = `isolation forest, 100 trees, grown and scored, ${ROWS} rows of ${matrix.cols}, ${SEEDS} seeds`;
    const out = new Float64Array(ROWS * SEEDS);
    const areaOf = (scores: Float64Array) => {
      let sum = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        sum += areaUnderCurve(scores.subarray(seed * ROWS, (seed + 1) * ROWS), odd) / SEEDS;
      }
      return sum;
    };
    const check = (result: Float64Array) => {
      const [ours, theirs] = [areaOf(out), areaOf(result)];
      const text = `AUC ${ours.toFixed(3)}, theirs ${theirs.toFixed(3)}`;
      if (Math.abs(ours - theirs) <= TOLERANCE) return text;
      throw new AppError('gate-failed', `${work}: ${text}: no time is worth printing`);
    };
    const duel = {
      ...{ row: 'P5', work },
      ours: () => {
        for (let seed = 0; seed < SEEDS; seed++) {
          scoreIsolation(growIsolationForest(matrix, { seed }), matrix, out.subarray(seed * ROWS, (seed + 1) * ROWS));
        }
      },
      opponents: [
        { name: 'scikit-learn', target: 'shown → 15×', check },
        { name: 'PyOD', target: 'shown → 15×', check },
      ],
    };
    return await withPeers(context, 'forest.py', [file, ROWS, SEEDS], (peer) => fight(duel, peer, folder, times));
  },
};
