// Judges scores that were worked out elsewhere, on whole windows, by the same guards and episodes that stepping uses: what
// becomes a finding does not depend on where the score came from.
import { digestOf } from '#model/digest.ts';
import type { Plan } from '#model/plan.ts';
import type { Algorithm, GivenScores, Judge, OnlineScorer } from './contract.ts';
import { createDirectory, STATELESS, trackOf } from './directory.ts';
import { createStepping } from './stepping.ts';

/** Points of one series on their way through the engine; `row` is the next. */
interface Feed {
  given: GivenScores | undefined;
  row: number;
}

/** A judge of one detector. The plan's selector should be empty: what is given to it is the detector's. */
export function createJudge(plan: Plan): Judge {
  const feed: Feed = { given: undefined, row: 0 };
  const directory = createDirectory([plan], { [plan.algorithm]: givenScores(feed) }, digestOf);
  const stepping = createStepping(directory.open);
  // Each window brings its key and labels along: those of a series with nothing open need not be held from one to the next.
  const nameless = trackOf(plan, '', {}, 0);
  return {
    take(given) {
      const { key, labels, stepMs, timesMs, values, seenMs } = given;
      const series = directory.know(key, labels, stepMs);
      for (const watch of series.watches) watch.info = trackOf(plan, key, labels, stepMs);
      const first = timesMs.findIndex((timeMs) => timeMs > series.lastMs);
      const from = first < 0 ? timesMs.length : first;
      feed.given = given;
      feed.row = from;
      const pass = stepping.begin((timesMs.length - from) * series.watches.length);
      for (let row = from; row < timesMs.length; row++) {
        stepping.step(pass, series, timesMs[row] as number, seenMs, values[row] as number);
      }
      feed.given = undefined;
      for (const watch of series.watches) if (watch.group.episode === undefined) watch.info = nameless;
      return stepping.finish(pass);
    },
    advance: stepping.advance,
    forgetBefore(timeMs) {
      // One whose family has an open episode is let go when that is over.
      for (const series of directory.byName.values()) if (series.lastMs < timeMs) directory.release(series);
    },
  };
}

/** An algorithm that repeats what it was given. */
function givenScores(feed: Feed): Algorithm {
  const online: OnlineScorer = {
    start: () => STATELESS,
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
