// What was injected and what was seen of it, judged as the accuracy bench judges; and how quiet the quiet hours were.
import { judgeFaults, minutesIn, quietStretches, redMinutes } from '#model/answer-key.ts';
import type { Context, Handler } from '../context.ts';
import type { AnswerKey } from '../contract.ts';
import type { Moment } from '../moment.ts';

export const answerKey: Handler<'answerKey'> = async (context) => {
  const moment = await context.moments.now();
  return moment.once('answer-key', async () => answerKeyAt(context, moment));
};

function answerKeyAt({ replay }: Context, { nowMs, findings, inventory }: Moment): AnswerKey {
  const { tape, state } = replay.state();
  const judged = judgeFaults(replay.answerKey(), findings, nowMs, inventory.serviceOf);
  const quiet = quietStretches(tape.segments).map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, nowMs) }));
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
    quiet: {
      minutes: quiet.reduce((sum, stretch) => sum + minutesIn(stretch), 0),
      red: quiet.reduce((sum, stretch) => sum + redMinutes(findings, stretch), 0),
    },
  };
}
