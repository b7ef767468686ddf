// P3: half-space trees on a stream, each row scored and then counted, beside river's: with the paper's parameters and with river's
// own. Chance draws the trees, and river draws them in another way; what must be as good is how well scores tell the odd rows.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { addMass, growHalfSpaceTrees, massAt, massesOf } from '#stats/half-space-trees.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { bytesOf, fight } from './duel.ts';
import { FARTHEST, scattered } from './scattered.ts';
import { type Context, type Outcome, withPeers } from './section.ts';

const ROWS = 5000;
const WINDOW = 250;
const SEEDS = 8;
/** How much less of the area may be under ours. */
const TOLERANCE = 0.01;
const SIZES = [
  { whose: 'as in the paper', trees: 25, height: 15 },
  { whose: 'river’s own', trees: 10, height: 8 },
] as const;

export async function halfSpace(context: Context): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const size of SIZES) outcomes.push(await fightWith(context, size));
  return { lines: outcomes.flatMap(({ lines }) => lines), versions: outcomes[0]?.versions ?? {} };
}

async function fightWith(context: Context, { whose, trees, height }: (typeof SIZES)[number]): Promise<Outcome> {
  const { folder, times } = context;
  const { matrix, odd } = scattered(ROWS);
  const { cols, values } = matrix;
  const file = join(folder, 'half-space');
  await writeFile(file, bytesOf(values));
  const work = `half-space trees, ${trees} of height ${height} (${whose}), ${ROWS} rows of ${cols} scored and counted`;
  const limits = Array.from({ length: cols }, () => [-FARTHEST, FARTHEST] as const);
  const streamOf = (seed: number) => createStream(growHalfSpaceTrees({ cols, trees, height, limits, seed }));
  const all = new Float64Array(ROWS);
  const ours = () => {
    let area = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      streamOf(seed)(values, cols, all);
      area += areaOf(all, odd) / SEEDS;
    }
    return area;
  };
  const check = (result: Float64Array) => {
    let theirs = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      theirs += areaOf(result.subarray(seed * ROWS, (seed + 1) * ROWS), odd) / SEEDS;
    }
    const area = ours();
    const text = `AUC ${area.toFixed(3)}, theirs ${theirs.toFixed(3)} (${SEEDS} seeds)`;
    if (area >= theirs - TOLERANCE) return text;
    throw new AppError('gate-failed', `${work}: ${text}: no time is worth printing`);
  };
  const timed = streamOf(SEEDS);
  const duel = {
    ...{ row: 'P3', work },
    ours: () => timed(values, cols, all),
    opponents: [{ name: 'river', timedAs: 'river-timed', target: 'shown → 20×', check }],
  };
  const args = [file, ROWS, FARTHEST, trees, height, WINDOW, SEEDS];
  return await withPeers(context, 'half_space.py', args, (peer) => fight(duel, peer, folder, times));
}

/** The first window has nothing to be held against. */
function areaOf(scores: Float64Array, odd: Uint8Array): number {
  return areaUnderCurve(scores.subarray(WINDOW), odd.subarray(WINDOW));
}

/** Goes on at each call where the last one ended. Of two windows of masses one is whole, and the other is being filled. */
function createStream(forest: ReturnType<typeof growHalfSpaceTrees>) {
  const size = massesOf(forest);
  let latest = new Float64Array(size);
  let whole = new Float64Array(size);
  let count = 0;
  return (values: Float64Array, cols: number, out: Float64Array): void => {
    for (let row = 0; row < out.length; row++) {
      // The larger the odder.
      out[row] = -massAt(forest, whole, 0, WINDOW / 10, values, row * cols);
      addMass(forest, latest, 0, values, row * cols);
      if (++count < WINDOW) continue;
      [whole, latest] = [latest, whole];
      latest.fill(0);
      count = 0;
    }
  };
}
