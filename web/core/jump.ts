// Whether a jump is under way: from when this page asks for it, or from when the replay begins to catch up because of
// another page, until it has caught up. What was fetched before is then not true of where the replay is.
import type { ReplayState } from '#api/rest/contract.ts';

export interface Jump {
  /** Known when this page asked for it. */
  readonly toMs?: number;
}

export interface JumpWatch {
  jump(): Jump | undefined;
  aim(toMs: number): void;
  /** A command was answered: from now on the replay's states are those after the jump. */
  answered(): void;
  giveUp(): void;
  see(state: ReplayState, before: ReplayState | undefined): void;
}

export function watchJumps(): JumpWatch {
  let jump: Jump | undefined;
  let unanswered = false;
  return {
    jump: () => jump,
    aim(toMs) {
      jump = { toMs };
      unanswered = true;
    },
    answered() {
      unanswered = false;
    },
    giveUp() {
      jump = undefined;
      unanswered = false;
    },
    see(state, before) {
      if (state.state === 'catching-up') {
        // The first catching up of all is no jump: nothing was shown before it.
        if (before !== undefined && before.state !== 'catching-up') jump ??= {};
      } else if (!unanswered) jump = undefined;
    },
  };
}
