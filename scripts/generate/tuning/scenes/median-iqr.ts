import { DAY, MINUTE } from '../make-series.ts';
import type { KnobScene, MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS } from './shapes.ts';

/** What the length of a plain baseline does, whatever is computed from it. */
export const BASELINE: KnobScene = {
  series: {
    ...FLAT,
    days: 5,
    trend: 0.04,
    faults: [
      { kind: 'shift', at: [3, 8], hours: 5, size: 9 },
      { kind: 'drift', at: [4, 6], hours: 8, size: 14 },
    ],
  },
  from: [3, 0],
  values: [20 * MINUTE, DAY],
  says: 'Short: it knows the level of the last minutes only, from few points, and soon takes what lasts for usual. Long: it still knows what was usual before a fault; a level that creeps or has a season is compared with what it no longer is.',
};

export const medianIqr: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      faults: [
        { kind: 'shift', at: [2, 8], hours: 0.4, size: 12 },
        { kind: 'shift', at: [2, 9.2], hours: 0.4, size: 10 },
        { kind: 'shift', at: [3, 14], hours: 0.4, size: -10 },
      ],
    },
    from: [2, 0],
  },
  fails: { series: { ...DAILY, jobs: [{ hour: 3, hours: 1, size: 14 }] }, from: [7, 0], shows: 'false alarm' },
  params: { baselineMs: BASELINE, minPoints: MIN_POINTS },
};
