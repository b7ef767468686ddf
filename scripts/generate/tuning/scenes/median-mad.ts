import { MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { BASELINE } from './median-iqr.ts';
import { FLAT, MIN_POINTS } from './shapes.ts';

export const medianMad: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      faults: [
        { kind: 'shift', at: [2, 8], hours: 0.5, size: 10 },
        { kind: 'shift', at: [2, 9.2], hours: 0.5, size: 10 },
        { kind: 'shift', at: [3, 14], hours: 0.5, size: -9 },
      ],
    },
    from: [2, 0],
  },
  fails: {
    series: {
      ...FLAT,
      what: 'failed logins a minute',
      seed: 5,
      level: 0.25,
      isCount: true,
      days: 3,
      stepMs: 5 * MINUTE,
    },
    from: [1, 0],
    shows: 'false alarm',
  },
  params: { baselineMs: BASELINE, minPoints: MIN_POINTS },
};
