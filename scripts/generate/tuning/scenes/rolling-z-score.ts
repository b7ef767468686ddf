import type { MethodScenes } from '../scene.ts';
import { BASELINE } from './median-iqr.ts';
import { FLAT, MIN_POINTS } from './shapes.ts';

export const rollingZScore: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      memory: 0,
      faults: [
        { kind: 'shift', at: [2, 8], hours: 1, size: 7 },
        { kind: 'shift', at: [3, 14], hours: 1, size: -7 },
      ],
    },
    from: [2, 0],
  },
  fails: {
    series: {
      ...FLAT,
      memory: 0,
      faults: [
        { kind: 'spike', at: [2, 8], hours: 0.25, size: 40 },
        { kind: 'shift', at: [2, 9], hours: 0.5, size: 9 },
        { kind: 'shift', at: [3, 14], hours: 0.5, size: 9 },
      ],
    },
    from: [2, 0],
    shows: 'miss',
  },
  params: { baselineMs: BASELINE, minPoints: MIN_POINTS },
};
