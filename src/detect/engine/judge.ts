// Judges scores that were worked out elsewhere, on whole windows, by the same guards and episodes that stepping uses: what
// becomes a finding does not depend on where the score came from.
import type { Plan } from '#model/plan.ts';
import type { Algorithm, GivenScores, Judge, OnlineScorer } from '../contract.ts';
import { createDirectory, trackBy } from './directory.ts';
import { openSince } from './episode.ts';
import { createCohorts, type Lens } from './lens.ts';
import { namesByKey } from './names.ts';
import { STATELESS } from './states.ts';
import { createStepping } from './stepping.ts';

/** Points of one series on their way through the engine; `row` is the next. */
interface Feed {
  given: GivenScores | undefined;
  row: number;
}

/** A judge of one detector. The plan's selector should be empty: what is given to it is the detector's. */
export function createJudge(plan: Plan): Judge {
  const feed: Feed = { given: undefined, row: 0 };
  // Each window brings its key and labels along: those of a series with nothing open need not be held from one to the next.
  const trackOf = ({ plan, stepMs }: Lens) => trackBy(plan, givenTo(feed).key, givenTo(feed).labels, stepMs);
  const cohortOf = createCohorts([plan], { [plan.algorithm]: givenScores(feed) });
  const directory = createDirectory({ names: namesByKey(), cohortOf, trackOf });
  const { columns, awake } = directory;
  const stepping = createStepping(directory);
  return {
    take(given) {
      const { key, labels, stepMs, timesMs, values, denominators, seenMs } = given;
      const series = directory.know(labels, stepMs, key);
      const { lenses } = columns.cohortOf(series);
      const place = columns.placesOf(series);
      const lastMs = columns.lastMs[series] as number;
      const first = timesMs.findIndex((timeMs) => timeMs > lastMs);
      const from = first < 0 ? timesMs.length : first;
      feed.given = given;
      feed.row = from;
      for (const [index, lens] of lenses.entries()) {
        const watch = awake.get(place + index);
        if (watch !== undefined) watch.info = trackOf(lens);
      }
      const pass = stepping.begin((timesMs.length - from) * lenses.length);
      let row = from;
      const beneath = denominators && (() => denominators[row] ?? Number.NaN);
      for (; row < timesMs.length; row++) {
        stepping.step(pass, series, timesMs[row] as number, seenMs, values[row] as number, beneath);
      }
      feed.given = undefined;
      const [watch] = lenses.flatMap((_, index) => awake.get(place + index) ?? []);
      const openSinceMs = watch && openSince(watch);
      return { ...stepping.finish(pass), ...(openSinceMs !== undefined && { openSinceMs }) };
    },
    advance: stepping.advance,
    forgetBefore(timeMs) {
      // One whose family has an open episode is let go when that is over.
      for (const series of columns.known()) if ((columns.lastMs[series] as number) < timeMs) directory.release(series);
    },
  };
}

function givenTo({ given }: Feed): GivenScores {
  if (given === undefined) throw new Error('unreachable: a judge steps only what it was given');
  return given;
}

/** An algorithm that repeats what it was given. */
function givenScores(feed: Feed): Algorithm {
  const online: OnlineScorer = {
    start: () => STATELESS,
    step(_state, _timeMs, _value, out) {
      const given = givenTo(feed);
      const row = feed.row++;
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
    shines: '',
    fails: '',
    params: {},
    create: () => ({
      online,
      score: () => {
        throw new Error('unreachable: given scores are stepped');
      },
    }),
  };
}
