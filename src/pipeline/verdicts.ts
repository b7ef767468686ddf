// What was last said of each of a series' newest points, so that a point is written again only when scoring it again says
// something else. With every check the whole window gets slightly other scores; writing them all would cost the store
// many times what the new points cost, and change what a reader was told without a reason.
import { FLAG, HELD_BACK } from '#model/score.ts';

/** The bits that guards give; persistence and an open finding are of the moment in which a point was judged. */
const OF_GUARDS = FLAG.beyondThreshold | HELD_BACK;
/** More points than the last minutes hold in steps of 30 s. */
const PLACES = 16;

/** What was said of a series' newest steps. Of nearly all of them that is nothing, and then a bit says that it was. */
interface Said {
  lastMs: number;
  newestStep: number;
  /** Bit n: something was said of the nth step before the newest. */
  steps: number;
  /** By step modulo PLACES; absent while all are 0. */
  flags: Uint16Array | undefined;
}

export interface Verdicts {
  /** Whether the guards now say something else of the point than before; what they say is remembered. `series`: a short name. */
  changed(series: string, timeMs: number, stepMs: number, flags: number): boolean;
  /** Lets the series go whose newest point is older. */
  forgetBefore(timeMs: number): void;
}

/** Of one detector. */
export function createVerdicts(): Verdicts {
  const bySeries = new Map<string, Said>();
  return {
    changed(series, timeMs, stepMs, flags) {
      const step = Math.round(timeMs / stepMs);
      let said = bySeries.get(series);
      if (said === undefined) {
        said = { lastMs: timeMs, newestStep: step, steps: 0, flags: undefined };
        bySeries.set(series, said);
      }
      said.lastMs = Math.max(said.lastMs, timeMs);
      advance(said, step);
      const back = said.newestStep - step;
      // Of what is older nothing is remembered.
      if (back >= PLACES) return true;
      return say(said, step, 1 << back, flags & OF_GUARDS);
    },
    forgetBefore(timeMs) {
      for (const [series, { lastMs }] of bySeries) if (lastMs < timeMs) bySeries.delete(series);
    },
  };
}

/** Makes room for a step that is newer than all before. */
function advance(said: Said, step: number): void {
  const by = step - said.newestStep;
  if (by <= 0) return;
  said.newestStep = step;
  said.steps = by >= PLACES ? 0 : (said.steps << by) & (2 ** PLACES - 1);
}

/** Whether that is news. */
function say(said: Said, step: number, bit: number, flags: number): boolean {
  const place = step % PLACES;
  const before = said.flags?.[place] ?? 0;
  const isSame = (said.steps & bit) !== 0 && before === flags;
  said.steps |= bit;
  if (before !== flags) said.flags ??= new Uint16Array(PLACES);
  if (said.flags !== undefined) said.flags[place] = flags;
  return !isSame;
}
