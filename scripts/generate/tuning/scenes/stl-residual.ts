import { DAY, HOUR, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT } from './shapes.ts';

const HALF_HOURS = { ...DAILY, stepMs: 30 * MINUTE, days: 7 };

export const stlResidual: MethodScenes = {
  shines: {
    series: {
      ...HALF_HOURS,
      stepMs: 15 * MINUTE,
      trend: 0.02,
      faults: [
        { kind: 'shift', at: [5, 3], hours: 1, size: 9 },
        { kind: 'drop-out', at: [6, 13], hours: 1, size: 0 },
      ],
    },
    from: [4, 0],
  },
  fails: {
    series: { ...HALF_HOURS, stepMs: 15 * MINUTE, weekend: 0.6 },
    from: [3, 12],
    shows: 'false alarm',
  },
  params: {
    periodMs: {
      series: {
        ...FLAT,
        stepMs: 15 * MINUTE,
        days: 6,
        waves: [{ periodMs: 5 * HOUR, share: 0.3 }],
        faults: [{ kind: 'shift', at: [5, 8], hours: 1, size: 10 }],
      },
      from: [4, 0],
      values: [5 * HOUR, 1.5 * DAY],
      says: 'Set it to what repeats: here it is five hours. A period that does not fit leaves the wave in what should be noise: the band is wide, or the wave itself is red.',
    },
    parts: {
      series: {
        ...HALF_HOURS,
        stepMs: 15 * MINUTE,
        waves: [{ periodMs: 4 * HOUR, share: 0.1 }],
        faults: [{ kind: 'shift', at: [6, 14], hours: 1, size: 8 }],
      },
      from: [4, 0],
      values: [6, 96],
      says: 'Few: a part holds hours, and what moves within them is noise: the band is wide. Many: as fine as the points are, and dearer.',
    },
    windowMs: {
      series: { ...HALF_HOURS, days: 9, faults: [{ kind: 'shift', at: [8, 9], hours: 4, size: 8 }] },
      from: [6, 0],
      values: [2 * DAY, 6 * DAY],
      says: 'At least two periods. Longer: a steadier season that changes more slowly, and more work a point.',
    },
  },
};
