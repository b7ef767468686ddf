import { DAY, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { FLAT } from './shapes.ts';

const MINUTELY = { ...FLAT, stepMs: MINUTE, days: 2, memory: 0 };

export const zScore: MethodScenes = {
  shines: {
    series: {
      ...MINUTELY,
      faults: [
        { kind: 'spike', at: [1, 6], hours: 0.05, size: 12 },
        { kind: 'spike', at: [1, 15], hours: 0.05, size: -12 },
      ],
    },
    from: [1, 0],
  },
  fails: {
    series: { ...MINUTELY, faults: [{ kind: 'drift', at: [1, 14], hours: 10, size: 14 }] },
    from: [1, 0],
    shows: 'miss',
  },
  params: {
    windowMs: {
      series: {
        ...MINUTELY,
        days: 3,
        faults: [
          { kind: 'spike', at: [2, 5], hours: 0.05, size: 9 },
          { kind: 'shift', at: [2, 14], hours: 2, size: 7 },
        ],
      },
      from: [2, 0],
      values: [15 * MINUTE, DAY],
      says: 'A window of n points allows no score above √(n − 1): fifteen never pass 4. Long: what lasts is a smaller part of its own baseline.',
    },
  },
};
