import { DAY } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS, SPREAD, WANDERING } from './shapes.ts';

export const differencing: MethodScenes = {
  shines: {
    series: {
      ...WANDERING,
      faults: [
        { kind: 'shift', at: [3, 6], hours: 8, size: 14 },
        { kind: 'shift', at: [4, 8], hours: 8, size: -14 },
      ],
    },
    from: [3, 0],
  },
  fails: {
    series: { ...FLAT, faults: [{ kind: 'drift', at: [3, 0], hours: 24, size: 12 }] },
    from: [2, 0],
    shows: 'miss',
  },
  params: {
    lagMs: {
      series: {
        ...DAILY,
        jobs: [{ hour: 3, hours: 2, size: 20 }],
        faults: [{ kind: 'shift', at: [8, 13], hours: 3, size: 10 }],
      },
      from: [7, 0],
      values: [DAY],
      says: '0 rates each step: a nightly job is two of them. A day compares with yesterday: the job is nothing new, and a fault of yesterday is missed today, or seen upside down.',
    },
    spreadHalfLifeMs: {
      series: {
        ...FLAT,
        days: 8,
        faults: [
          { kind: 'noise', at: [6, 6], hours: 4, size: 10 },
          { kind: 'noise', at: [6, 16], hours: 4, size: 10 },
          { kind: 'noise', at: [7, 4], hours: 4, size: 10 },
        ],
      },
      from: [6, 0],
      ...SPREAD,
    },
    minPoints: MIN_POINTS,
  },
};
