// When pages should hear that a live cluster has new samples: it has them all the time, so only so often, and not at all
// while none come. A replay has none of this: there, what changes are findings.
import type { Source } from './replay-control.ts';

const REST_BEATS = 15;

export interface SampleWatch {
  /** Whether there are newer samples than when pages were last told, and that was long enough ago. */
  isDue(beat: number): boolean;
  told(beat: number): void;
}

export function watchSamples(source: Source): SampleWatch {
  const newestMs = (): number | undefined => {
    const { live, nowMs } = source.state();
    return live === null || live.behindMs === null ? undefined : nowMs - live.behindMs;
  };
  let toldBeat = 0;
  let toldMs = newestMs();
  return {
    isDue: (beat) => beat - toldBeat >= REST_BEATS && newestMs() !== toldMs,
    told(beat) {
      toldBeat = beat;
      toldMs = newestMs();
    },
  };
}
