// What was last said of each of a series' newest points, so that a point is written again only when scoring it again says
// something else. With every check the whole window gets slightly other scores; writing them all would cost the store
// many times what the new points cost, and change what a reader was told without a reason.
import { FLAG } from '#model/score.ts';

/** The bits that guards give; persistence and an open finding are of the moment in which a point was judged. */
const OF_GUARDS =
  FLAG.beyondThreshold | FLAG.failedDirection | FLAG.failedAbsolute | FLAG.failedRelative | FLAG.failedRange;
/** More points than the last minutes hold in steps of 30 s. */
const PLACES = 16;

interface Ring {
  lastMs: number;
  readonly steps: Float64Array;
  readonly flags: Uint8Array;
}

export interface Verdicts {
  /** Whether the guards now say something else of the point than before; what they say is remembered. */
  changed(series: string, timeMs: number, stepMs: number, flags: number): boolean;
  /** Lets the series go whose newest point is older. */
  forgetBefore(timeMs: number): void;
}

/** Of one detector. */
export function createVerdicts(): Verdicts {
  const rings = new Map<string, Ring>();
  return {
    changed(series, timeMs, stepMs, flags) {
      let ring = rings.get(series);
      if (ring === undefined) {
        ring = { lastMs: timeMs, steps: new Float64Array(PLACES).fill(Number.NaN), flags: new Uint8Array(PLACES) };
        rings.set(series, ring);
      }
      ring.lastMs = Math.max(ring.lastMs, timeMs);
      const step = Math.round(timeMs / stepMs);
      const place = step % PLACES;
      const said = flags & OF_GUARDS;
      const isSame = ring.steps[place] === step && ring.flags[place] === said;
      ring.steps[place] = step;
      ring.flags[place] = said;
      return !isSame;
    },
    forgetBefore(timeMs) {
      for (const [series, { lastMs }] of rings) if (lastMs < timeMs) rings.delete(series);
    },
  };
}
