// Whether a jump is under way: from when this page asks for it, or from when the replay begins to catch up because of
// another page, until it has caught up. What was fetched before is then not true of where the replay is. And where a
// step of some minutes leads, counted from where the replay is going.
import type { ReplayState } from '#api/rest/contract.ts';
import { MINUTE } from './strip.ts';
import type { TimeScale } from './time-scale.ts';

export interface Jump {
  /** Known when this page asked for it. */
  readonly toMs?: number;
  /** 0..1; never goes back. */
  readonly progress: number;
}

export interface JumpWatch {
  jump(): Jump | undefined;
  aim(toMs: number): void;
  /** A jump was answered: when it is the last one asked for, the replay's states are from now on those after it. */
  answered(): void;
  /** How many were answered so far. */
  answers(): number;
  giveUp(): void;
  see(state: ReplayState, before: ReplayState | undefined): void;
}

export function watchJumps(): JumpWatch {
  let jump: Jump | undefined;
  let unanswered = 0;
  let answers = 0;
  const answered = (): void => {
    unanswered = Math.max(0, unanswered - 1);
    answers++;
  };
  return {
    jump: () => jump,
    aim(toMs) {
      jump = { toMs, progress: 0 };
      unanswered++;
    },
    answered,
    answers: () => answers,
    giveUp() {
      answered();
      if (unanswered === 0) jump = undefined;
    },
    see(state, before) {
      if (state.state === 'catching-up') {
        // The first catching up of all is no jump: nothing was shown before it.
        if (before !== undefined && before.state !== 'catching-up') jump ??= { progress: 0 };
        // All of it done is from before it began again: a replay that goes back is ahead of where it shall be.
        const progress = (state.progress ?? 0) % 1;
        if (jump !== undefined && progress > jump.progress) jump = { ...jump, progress };
      } else if (unanswered === 0) jump = undefined;
    },
  };
}

/**
 * Where a step leads: from the target of the jump under way, else from where the replay is by now, `ageMs` after it
 * said so. A step on never leads back; undefined when the replay plays so fast that it would.
 */
export function stepTarget(
  minutes: number,
  scale: TimeScale,
  { replay, jump, ageMs }: { replay: ReplayState; jump: Jump | undefined; ageMs: number },
): number | undefined {
  const { tape, speed, state } = replay;
  const passing = jump === undefined && state === 'playing';
  if (passing && speed === 'max' && minutes > 0) return undefined;
  const sinceX = passing && speed !== 'max' ? ageMs * speed : 0;
  const ms = Math.round(scale.toMs(scale.toX(jump?.toMs ?? replay.nowMs) + sinceX + minutes * MINUTE));
  return Math.min(tape.toMs, Math.max(tape.fromMs, ms));
}
