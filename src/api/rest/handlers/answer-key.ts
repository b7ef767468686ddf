// What was injected and what was seen of it, judged as the accuracy bench judges; and how quiet the quiet hours were.
import { AppError } from '#kit/errors.ts';
import {
  countUnexplained,
  judgeFaults,
  minutesIn,
  quietStretches,
  REACTION_MS,
  redMinutes,
} from '#model/answer-key.ts';
import type { KnownFault } from '#model/signal.ts';
import type { TimeRange } from '#store/contract.ts';
import type { Context, Handler } from '../context.ts';
import type { AnswerKey } from '../contract.ts';
import type { Moment } from '../moment.ts';
import type { PastFinding } from '../past.ts';

export const answerKey: Handler<'answerKey'> = async (context) => {
  const faults = context.replay.answerKey?.();
  if (faults === undefined) {
    throw new AppError('not-found', 'a live cluster has no answer key: nobody wrote down what goes wrong in it');
  }
  const moment = await context.moments.now();
  return moment.once('answer-key', () => answerKeyAt(context, moment, faults));
};

async function answerKeyAt(context: Context, moment: Moment, faults: readonly KnownFault[]): Promise<AnswerKey> {
  const { nowMs, inventory, leftOut } = moment;
  const { tape, state } = context.replay.state();
  const stretches = quietStretches(tape.segments);
  const findings = await findingsIn(context, moment, [...stretches, ...faults.map(windowOf)]);
  const judged = judgeFaults(faults, findings, nowMs, inventory.serviceOf);
  const quiet = stretches.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, nowMs) }));
  return {
    nowMs,
    complete: state === 'ended' || nowMs >= tape.toMs,
    faults: judged.map(({ fault, outcome, delayMs, finding, neighbours }) => ({
      ...fault,
      outcome,
      delayMs: delayMs ?? null,
      finding: finding?.id ?? null,
      neighbours: [...neighbours],
    })),
    coloured: judged.filter(({ outcome }) => outcome === 'coloured').length,
    unexplained: countUnexplained(faults, findings, tape.segments),
    quiet: {
      minutes: quiet.reduce((sum, stretch) => sum + minutesIn(stretch), 0),
      red: quiet.reduce((sum, stretch) => sum + redMinutes(findings, stretch), 0),
    },
    leftOut,
  };
}

/** In which a finding counts as a sight of the fault. */
function windowOf({ timeMs }: KnownFault): TimeRange {
  return { fromMs: timeMs, toMs: timeMs + REACTION_MS + 1 };
}

/** The moment's findings; when some are left out of those, all that the store has of what is judged. */
async function findingsIn(
  { past }: Context,
  { nowMs, findings, leftOut }: Moment,
  ranges: readonly TimeRange[],
): Promise<readonly PastFinding[]> {
  if (leftOut === 0) return findings;
  const all = new Map<string, PastFinding>(findings.map((finding) => [finding.id, finding]));
  for (const range of ranges.filter(({ fromMs }) => fromMs <= nowMs)) {
    for (const finding of await past.findings(range, nowMs)) {
      if (finding.seenMs <= nowMs && !all.has(finding.id)) all.set(finding.id, finding);
    }
  }
  return [...all.values()];
}
