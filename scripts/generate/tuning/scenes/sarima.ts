import { DAY, HOUR } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS, SPREAD } from './shapes.ts';

export const sarima: MethodScenes = {
  shines: {
    series: {
      ...DAILY,
      memory: 0.8,
      faults: [
        { kind: 'shift', at: [8, 3], hours: 2, size: 9 },
        { kind: 'drop-out', at: [9, 13], hours: 1, size: 0 },
      ],
    },
    from: [7, 0],
  },
  fails: {
    series: { ...FLAT, days: 7, memory: 0.8, faults: [{ kind: 'drift', at: [5, 0], hours: 48, size: 8 }] },
    from: [4, 0],
    shows: 'miss',
  },
  params: {
    periodMs: {
      series: {
        ...FLAT,
        stepMs: 600_000,
        days: 6,
        bursts: { everyMs: 5 * HOUR, lastsMs: HOUR, size: 10 },
        faults: [{ kind: 'shift', at: [5, 8], hours: 1, size: 10 }],
      },
      from: [4, 0],
      values: [5 * HOUR, 7 * DAY],
      says: 'Set it to what repeats: here something is done every five hours. A wrong period is found to be of no use and left out; then the last points alone foretell.',
    },
    windowMs: {
      series: {
        ...DAILY,
        jobs: [{ hour: 3, hours: 2, size: 12 }],
        faults: [{ kind: 'shift', at: [9, 14], hours: 2, size: 9 }],
      },
      from: [7, 0],
      values: [12 * HOUR, 6 * DAY],
      says: 'Less than two periods: no season can be found. More: steadier coefficients, and more work each time they are looked for.',
    },
    spreadHalfLifeMs: {
      series: {
        ...FLAT,
        days: 8,
        stepMs: 600_000,
        faults: [
          { kind: 'noise', at: [6, 6], hours: 5, size: 10 },
          { kind: 'noise', at: [6, 16], hours: 5, size: 10 },
          { kind: 'noise', at: [7, 4], hours: 5, size: 10 },
        ],
      },
      from: [6, 0],
      ...SPREAD,
    },
    minPoints: MIN_POINTS,
  },
};
