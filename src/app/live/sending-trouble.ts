// What the page is told of somebody who does not take what is sent to them: what waits is kept, and sent later.
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';

/** A moment's trouble is tried again before anybody has read of it. */
const TOLD_AFTER_MS = 30_000;

export interface SendingTrouble {
  readonly sinceMs: number;
  readonly message: string;
}

/** Nothing unless it lasts; `say` makes sentences of its message. */
export function sendingTroubles(
  trouble: SendingTrouble | undefined,
  clock: Clock,
  say: (message: string) => Pick<Trouble, 'what' | 'remedy'>,
): Trouble[] {
  if (trouble === undefined || clock.nowMs() - trouble.sinceMs < TOLD_AFTER_MS) return [];
  return [{ kind: 'other', ...say(trouble.message), sinceMs: trouble.sinceMs, blocking: false }];
}
