// Long work cut into slices, so that whatever else waits has its turn in between: leases are to be renewed and probes
// answered while ten thousand keys are worked on.
import type { Clock } from '#kit/clock.ts';

export interface Slices {
  /** Whether nothing more may be begun now; `goOn` is called when it may. */
  pauses(): boolean;
}

const SLICE_MS = 10;

export function createSlices(clock: Clock, goOn: () => void): Slices {
  let beganMs = clock.nowMs();
  let pausing: NodeJS.Immediate | undefined;
  return {
    pauses: () => {
      if (pausing === undefined && clock.nowMs() - beganMs >= SLICE_MS) {
        pausing = setImmediate(() => {
          pausing = undefined;
          beganMs = clock.nowMs();
          goOn();
        });
      }
      return pausing !== undefined;
    },
  };
}
