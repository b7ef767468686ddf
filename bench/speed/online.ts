// P3: one new point for each of 100,000 series, scored against its own last points and taken in, beside river's rolling
// statistics. A state is a flat array of its own, as the engine holds it. And half-space trees (half-space.ts).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rollingZScore } from '#detect/rolling-z-score.ts';
import { completeParams } from '#detect/settings.ts';
import { emptyScore } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import { wideningOfMean } from '#stats/small-sample.ts';
import { bytesOf, checkApart, fight } from './duel.ts';
import { halfSpace } from './half-space.ts';
import { type Context, type Outcome, type Section, withPeers } from './section.ts';

const SERIES = 100_000;
const WINDOW = 20;
const STEP_MS = 60_000;
/** Moments after those that fill the windows. */
const MOMENTS = 4;
const TOLERANCE = 1e-9;

export const online: Section = {
  rows: ['P3'],
  title: 'a point for each series',
  async run(context) {
    const [rolling, trees] = [await scoreAndTake(context), await halfSpace(context)];
    return { lines: [...rolling.lines, ...trees.lines], versions: rolling.versions };
  },
};

async function scoreAndTake(context: Context): Promise<Outcome> {
  const { folder, times } = context;
  const rng = createRng(100);
  const values = Float64Array.from({ length: (WINDOW + MOMENTS) * SERIES }, () => 50 + 10 * rng.normal());
  const file = join(folder, 'online');
  await writeFile(file, bytesOf(values));
  const work = `one point for each of ${SERIES.toLocaleString('en')} series, against its last ${WINDOW}`;
  const duel = {
    ...{ row: 'P3', work },
    ...stepper(values),
    opponents: [
      {
        ...{ name: 'river', target: 'shown → 200×' },
        // Its first moment; ours is the first after as many points.
        check: (result: Float64Array) => checkApart(work, firstScores(values), result, TOLERANCE),
      },
    ],
  };
  const args = [file, SERIES, WINDOW, wideningOfMean(WINDOW)];
  return await withPeers(context, 'online.py', args, (peer) => fight(duel, peer, folder, times));
}

function statesAfterWindow(values: Float64Array) {
  const given = { baselineMs: WINDOW * STEP_MS, minPoints: WINDOW };
  const { online: scorer } = rollingZScore.create(completeParams(rollingZScore.params, given), { stepMs: STEP_MS });
  if (scorer === undefined) throw new Error('rolling-z-score is online');
  const timesMs = Float64Array.from({ length: WINDOW }, (_, index) => index * STEP_MS);
  const states = Array.from({ length: SERIES }, (_, series) =>
    scorer.start({
      ...{ stepMs: STEP_MS, timesMs },
      values: Float64Array.from(timesMs, (_time, index) => values[index * SERIES + series] as number),
    }),
  );
  return { scorer, states };
}

function stepper(values: Float64Array): { ours(): void } {
  const { scorer, states } = statesAfterWindow(values);
  const out = emptyScore();
  let moment = 0;
  return {
    ours() {
      const from = (WINDOW + (moment % MOMENTS)) * SERIES;
      const timeMs = (WINDOW + moment) * STEP_MS;
      for (let series = 0; series < SERIES; series++) {
        scorer.step(states[series] as Float64Array, timeMs, values[from + series] as number, out);
      }
      moment++;
    },
  };
}

function firstScores(values: Float64Array): Float64Array {
  const { scorer, states } = statesAfterWindow(values);
  const out = emptyScore();
  return Float64Array.from(states, (state, series) => {
    scorer.step(state, WINDOW * STEP_MS, values[WINDOW * SERIES + series] as number, out);
    return out.score;
  });
}
