// What a check gives to the store: the points that are new, with what the guards said, and those of the last minutes again
// with their newest scores (scoring a point again updates it). Older points keep the score that they had.
import type { GivenScores, StepOutput } from '#detect/contract.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock, setPoints } from '#model/score-block.ts';
import { type Guard, RECENT_MS, type WindowPlan } from './window-plan.ts';

export interface WindowRows {
  readonly tracks: readonly Track[];
  readonly findings: readonly Finding[];
  readonly isEmpty: boolean;
  toBlock(): ScoreBlock;
  add(plan: WindowPlan, given: GivenScores, judged: StepOutput): void;
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
    add(plan, given, judged) {
      const track = tracks.push(trackOf(plan, given)) - 1;
      push(track, rescored(guards, plan, given, judged.scores.timesMs[0] ?? Number.POSITIVE_INFINITY));
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

/** Points of the last minutes before the new ones, with the scores that they have in this window. */
function rescored(guards: Guard, plan: WindowPlan, given: GivenScores, newFromMs: number): ScoreBlock {
  const newestMs = given.timesMs.at(-1) ?? Number.NaN;
  const rows: number[] = [];
  given.timesMs.forEach((timeMs, row) => {
    if (timeMs < newFromMs && timeMs > newestMs - RECENT_MS) rows.push(row);
  });
  const block = emptyBlock(rows.length);
  rows.forEach((row, at) => {
    const score = given.scores[row] ?? Number.NaN;
    block.timesMs[at] = given.timesMs[row] ?? Number.NaN;
    block.seenMs[at] = given.seenMs;
    block.values[at] = given.values[row] ?? Number.NaN;
    block.scores[at] = score;
    block.expected[at] = given.expected[row] ?? Number.NaN;
    block.lower[at] = given.lower[row] ?? Number.NaN;
    block.upper[at] = given.upper[row] ?? Number.NaN;
    block.flags[at] = guards(plan.plan, block.values[at] ?? Number.NaN, block.expected[at] ?? Number.NaN, score);
  });
  return block;
}

function trackOf(plan: WindowPlan, { key, labels, stepMs }: GivenScores): Track {
  const { detector, threshold } = plan.plan;
  return { key: `${detector}|${key}`, detector, series: key, labels, stepMs, threshold };
}
