import { DAY, HOUR } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS } from './shapes.ts';

export const auto: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      seed: 22,
      days: 10,
      habit: { share: 0.008, size: 6 },
      faults: [
        { kind: 'shift', at: [7, 10], hours: 2, size: 14 },
        { kind: 'drop-out', at: [9, 14], hours: 1, size: 0 },
      ],
    },
    from: [7, 0],
  },
  fails: {
    series: {
      ...DAILY,
      days: 14,
      faults: [
        { kind: 'shift', at: [11, 2], hours: 2, size: 10 },
        { kind: 'drift', at: [12, 0], hours: 48, size: 10 },
      ],
    },
    from: [10, 12],
    shows: 'miss',
  },
  params: {
    baselineMs: {
      series: {
        ...FLAT,
        days: 8,
        faults: [
          { kind: 'noise', at: [5, 4], hours: 3, size: 8 },
          { kind: 'shift', at: [6, 4], hours: 6, size: 6 },
          { kind: 'noise', at: [7, 4], hours: 3, size: 8 },
        ],
      },
      from: [5, 0],
      values: [HOUR, 30 * DAY],
      says: 'Short: unrest widens the band while it lasts, and is forgotten by the next day. Long: the band is steady and shows the unrest, and remembers it for weeks: a fault that is no larger is then a habit.',
    },
    minPoints: {
      ...MIN_POINTS,
      series: {
        ...FLAT,
        days: 2,
        faults: [
          { kind: 'shift', at: [0, 1], hours: 0.17, size: 8 },
          { kind: 'shift', at: [0, 18], hours: 0.5, size: 30 },
        ],
      },
    },
  },
};
