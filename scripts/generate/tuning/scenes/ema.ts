import { DAY, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS } from './shapes.ts';

export const ema: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      wander: 0.002,
      faults: [
        { kind: 'spike', at: [2, 8], hours: 0.5, size: 9 },
        { kind: 'shift', at: [3, 6], hours: 4, size: 9 },
      ],
    },
    from: [2, 0],
  },
  fails: { series: { ...DAILY, jobs: [{ hour: 2, hours: 1.5, size: 12 }] }, from: [6, 0], shows: 'false alarm' },
  params: {
    halfLifeMs: {
      series: {
        ...FLAT,
        days: 6,
        trend: 0.04,
        faults: [
          { kind: 'shift', at: [3, 8], hours: 6, size: 8 },
          { kind: 'drift', at: [4, 6], hours: 10, size: 14 },
        ],
      },
      from: [3, 0],
      values: [20 * MINUTE, DAY],
      says: 'Short: it follows within minutes, and what lasts is red at its onset only, or not at all. Long: it remembers the level of days; a level that drifts by itself is red sooner or later.',
    },
    minPoints: MIN_POINTS,
  },
};
