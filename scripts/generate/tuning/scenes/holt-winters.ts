import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS, SPREAD } from './shapes.ts';

export const holtWinters: MethodScenes = {
  shines: {
    series: {
      ...DAILY,
      trend: 0.02,
      faults: [
        { kind: 'shift', at: [7, 3], hours: 2, size: 9 },
        { kind: 'drop-out', at: [8, 13], hours: 1, size: 0 },
      ],
    },
    from: [7, 0],
  },
  fails: {
    series: { ...DAILY, weekend: 0.6, days: 8 },
    from: [4, 0],
    shows: 'false alarm',
  },
  params: {
    level: {
      series: {
        ...DAILY,
        releases: [{ at: [7, 10], factor: 1.3 }],
        faults: [{ kind: 'shift', at: [9, 2], hours: 5, size: 8 }],
      },
      from: [7, 0],
      values: [0.002, 0.3],
      says: 'Low: a level that moved for good (a release on the first morning) stays red for hours more. High: it is followed within the hour, and so is a fault.',
    },
    trend: {
      series: { ...DAILY, trend: 0.1, faults: [{ kind: 'shift', at: [8, 2], hours: 4, size: 8 }] },
      from: [7, 0],
      values: [0, 0.6],
      says: 'High: it runs after the noise, and the band gets so wide that a fault hides in it. 0 is enough unless the level grows by more than its noise within an hour.',
    },
    seasonal: {
      series: {
        ...DAILY,
        days: 12,
        faults: [{ kind: 'shift', at: [8, 2], hours: 4, size: 10 }],
        jobs: [{ hour: 15, hours: 2, size: 10, days: [0, 1, 2] }],
      },
      from: [7, 0],
      values: [0, 0.9],
      says: 'High: yesterday is the season, so that a fault of last night is expected tonight. Low: a habit that is new stays red for more days. 0 keeps the season of the first days.',
    },
    damping: {
      series: { ...FLAT, stepMs: 600_000, days: 6, faults: [{ kind: 'drift', at: [4, 4], hours: 8, size: 14 }] },
      from: [4, 0],
      setting: { parameters: { trend: 0.3 } },
      values: [0.5, 1],
      says: '1 carries a trend on as it is, and overshoots when that ends. Low values forget it after a few points.',
    },
    buckets: {
      series: {
        ...DAILY,
        jobs: [{ hour: 3, hours: 0.5, size: 14 }],
        faults: [{ kind: 'shift', at: [9, 14], hours: 2, size: 8 }],
      },
      from: [7, 0],
      values: [8, 288],
      says: 'Few: a bucket holds hours, so that a short job and a steep morning stick out of it. Many: finer, and each bucket has fewer points to know its value from.',
    },
    spreadHalfLifeMs: {
      series: {
        ...DAILY,
        faults: [
          { kind: 'noise', at: [7, 8], hours: 6, size: 10 },
          { kind: 'noise', at: [8, 0], hours: 6, size: 10 },
          { kind: 'noise', at: [8, 16], hours: 6, size: 10 },
        ],
      },
      from: [7, 0],
      ...SPREAD,
    },
    minPoints: MIN_POINTS,
  },
};
