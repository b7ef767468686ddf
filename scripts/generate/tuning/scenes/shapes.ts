// Series that several scenes look at, and the scene of a parameter that many methods have.
import { MINUTE, type Shape } from '../make-series.ts';
import type { KnobScene } from '../scene.ts';

/** A level, and noise with a little memory. */
export const FLAT: Shape = {
  seed: 11,
  what: 'queue length',
  stepMs: 5 * MINUTE,
  days: 4,
  level: 200,
  noise: 0.05,
  memory: 0.3,
  faults: [],
};

/** Requests of a shop: a day, and weekends with less. */
export const DAILY: Shape = {
  seed: 21,
  what: 'requests a second',
  stepMs: 10 * MINUTE,
  days: 10,
  level: 500,
  noise: 0.03,
  memory: 0.3,
  day: 0.35,
  faults: [],
};

/** Latency without a season, whose level wanders. */
export const WANDERING: Shape = {
  seed: 31,
  what: 'open connections',
  stepMs: 5 * MINUTE,
  days: 5,
  level: 1000,
  noise: 0.01,
  wander: 0.012,
  faults: [],
};

/** What `minPoints` does is the same for all: three faults, of which the first comes within two hours of the first point. */
export const MIN_POINTS: KnobScene = {
  series: {
    ...FLAT,
    days: 2,
    faults: [
      { kind: 'shift', at: [0, 1], hours: 0.34, size: 14 },
      { kind: 'shift', at: [0, 9], hours: 0.5, size: 14 },
      { kind: 'shift', at: [1, 8], hours: 0.5, size: 14 },
    ],
  },
  from: [0, 0],
  values: [10, 288],
  says: 'The band begins with the first score. A few points say little of what is usual: raise it where new pods alarm in their first hour. A fault before the first score is not seen at all.',
};

/** What a short yardstick does: each onset is red, and what lasts becomes the usual size of errors. */
export const SPREAD: Pick<KnobScene, 'values' | 'says'> = {
  values: [3_600_000, 7_776_000_000],
  says: 'Short: the band widens within a fault and narrows within hours after it, so that little more than an onset is red. Long: the band is steady, and a series that has become noisier for good stays red for as long.',
};
