// What a check gives to the store: the points that are new, with what the guards said, and those of the last minutes again
// of which the guards now say something else (scoring a point again updates it). The others keep what was told.
import type { GivenScores, JudgeOutput } from '#detect/contract.ts';
import { digestOf } from '#model/digest.ts';
import type { Finding } from '#model/finding.ts';
import { FLAG, type Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock, setPoints } from '#model/score-block.ts';
import type { Verdicts } from './verdicts.ts';
import { type Guard, RECENT_MS, type WindowPlan } from './window-plan.ts';

export interface WindowRows {
  readonly tracks: readonly Track[];
  readonly findings: readonly Finding[];
  readonly isEmpty: boolean;
  toBlock(): ScoreBlock;
  add(plan: WindowPlan, given: GivenScores, judged: JudgeOutput, verdicts: Verdicts): void;
  addFindings(findings: readonly Finding[]): void;
}

export function createWindowRows(guards: Guard): WindowRows {
  const tracks: Track[] = [];
  const findings: Finding[] = [];
  const blocks: { readonly track: number; readonly block: ScoreBlock }[] = [];
  let count = 0;
  const push = (track: number, block: ScoreBlock): void => {
    if (block.timesMs.length === 0) return;
    blocks.push({ track, block });
    count += block.timesMs.length;
  };
  return {
    tracks,
    findings,
    get isEmpty() {
      return count === 0 && findings.length === 0;
    },
    add(plan, given, judged, verdicts) {
      const track = tracks.push(trackOf(plan, given)) - 1;
      push(track, rescored(guards, plan, given, judged, verdicts));
      push(track, judged.scores);
      findings.push(...judged.findings);
    },
    addFindings: (more) => findings.push(...more),
    toBlock() {
      const all = emptyBlock(count);
      let at = 0;
      for (const { track, block } of blocks) {
        setPoints(all, block, at);
        all.tracks.fill(track, at, at + block.timesMs.length);
        at += block.timesMs.length;
      }
      return all;
    },
  };
}

/** Points of the last minutes before the new ones of which the guards now say something else, with their newest scores. */
function rescored(
  guards: Guard,
  plan: WindowPlan,
  given: GivenScores,
  { scores: news, openSinceMs = Number.POSITIVE_INFINITY }: JudgeOutput,
  verdicts: Verdicts,
): ScoreBlock {
  const newFromMs = news.timesMs[0] ?? Number.POSITIVE_INFINITY;
  const { timesMs, values, expected, scores } = given;
  const fromMs = (timesMs.at(-1) ?? Number.NaN) - RECENT_MS;
  const at = (column: Float64Array, row: number) => column[row] ?? Number.NaN;
  const flagsOf = (row: number) => {
    const denominator = given.denominators?.[row];
    return guards(plan.plan, at(timesMs, row), at(values, row), at(expected, row), at(scores, row), denominator);
  };
  const rows: number[] = [];
  const series = digestOf(given.key);
  for (let row = timesMs.length - 1; row >= 0 && at(timesMs, row) > fromMs; row--) {
    const flags = flagsOf(row);
    const isNews = verdicts.changed(series, at(timesMs, row), plan.stepMs, flags);
    // A new point is written anyway, by its judge.
    if (isNews && at(timesMs, row) < newFromMs) rows.push(row);
  }
  const block = emptyBlock(rows.length);
  rows.forEach((row, place) => {
    block.timesMs[place] = at(timesMs, row);
    block.seenMs[place] = given.seenMs;
    block.values[place] = at(values, row);
    block.scores[place] = at(scores, row);
    block.expected[place] = at(expected, row);
    block.lower[place] = at(given.lower, row);
    block.upper[place] = at(given.upper, row);
    // What a reader was told is open is open, whatever the point is worth by now.
    block.flags[place] = flagsOf(row) | (at(timesMs, row) >= openSinceMs ? FLAG.findingOpen : 0);
  });
  return block;
}

function trackOf(plan: WindowPlan, { key, labels, stepMs }: GivenScores): Track {
  const { detector, threshold } = plan.plan;
  return { key: `${detector}|${key}`, detector, series: key, labels, stepMs, threshold };
}
