// Judges scores that were worked out elsewhere, on whole windows, by the same guards and episodes that stepping uses: what
// becomes a finding does not depend on where the score came from.
import type { Plan } from '#model/plan.ts';
import type { Algorithm, GivenScores, Judge, OnlineScorer } from './contract.ts';
import { createEngine } from './engine.ts';

/** Points of one series on their way through the engine; `row` is the next. */
interface Feed {
  given: GivenScores | undefined;
  row: number;
}

/** A judge of one detector. The plan's selector should be empty: what is given to it is the detector's. */
export function createJudge(plan: Plan): Judge {
  const feed: Feed = { given: undefined, row: 0 };
  const engine = createEngine([plan], { [plan.algorithm]: givenScores(feed) });
  const known = new Map<string, { readonly id: number; lastMs: number }>();
  let nextId = 0;
  return {
    take(given) {
      const series = known.get(given.key) ?? { id: nextId++, lastMs: Number.NEGATIVE_INFINITY };
      if (!known.has(given.key)) {
        known.set(given.key, series);
        engine.addSeries([{ id: series.id, labels: given.labels, stepMs: given.stepMs }]);
      }
      const first = given.timesMs.findIndex((timeMs) => timeMs > series.lastMs);
      const count = first < 0 ? 0 : given.timesMs.length - first;
      feed.given = given;
      feed.row = Math.max(0, first);
      series.lastMs = Math.max(series.lastMs, given.timesMs.at(-1) ?? Number.NEGATIVE_INFINITY);
      return engine.step({
        timesMs: given.timesMs.subarray(feed.row, feed.row + count),
        seenMs: new Float64Array(count).fill(given.seenMs),
        ids: new Uint32Array(count).fill(series.id),
        values: given.values.subarray(feed.row, feed.row + count),
      });
    },
    advance: (seenMs) => engine.advance(seenMs),
    forgetBefore(timeMs) {
      const gone: number[] = [];
      for (const [key, { id, lastMs }] of known) {
        if (lastMs >= timeMs) continue;
        known.delete(key);
        gone.push(id);
      }
      // Also without any: one whose episode was open then may be let go by now.
      engine.removeSeries(gone);
    },
  };
}

/** An algorithm that repeats what it was given. */
function givenScores(feed: Feed): Algorithm {
  const online: OnlineScorer = {
    start: () => new Float64Array(0),
    step(_state, _timeMs, _value, out) {
      const { given } = feed;
      const row = feed.row++;
      if (given === undefined) throw new Error('unreachable: a judge steps only what it was given');
      out.score = given.scores[row] ?? Number.NaN;
      out.expected = given.expected[row] ?? Number.NaN;
      out.lower = given.lower[row] ?? Number.NaN;
      out.upper = given.upper[row] ?? Number.NaN;
      // The window that was scored is the baseline of each of its points.
      out.baselineCount = given.timesMs.length;
      out.baselineFromMs = given.timesMs[0] ?? Number.NaN;
      out.baselineToMs = given.timesMs.at(-1) ?? Number.NaN;
    },
  };
  return {
    name: 'given',
    summary: 'Scores that were worked out elsewhere.',
    source: '',
    params: {},
    create: () => ({
      online,
      score: () => {
        throw new Error('unreachable: given scores are stepped');
      },
    }),
  };
}
