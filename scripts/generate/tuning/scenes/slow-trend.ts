import { DAY, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY } from './shapes.ts';

const LEAKING = {
  ...DAILY,
  what: 'memory in MiB',
  stepMs: 30 * MINUTE,
  days: 28,
  level: 900,
  day: 0.03,
  noise: 0.02,
};

export const slowTrend: MethodScenes = {
  shines: { series: { ...LEAKING, faults: [{ kind: 'drift', at: [16, 0], hours: 288, size: 16 }] }, from: [10, 0] },
  fails: {
    series: {
      ...LEAKING,
      faults: [
        { kind: 'shift', at: [18, 6], hours: 6, size: 15 },
        { kind: 'drop-out', at: [24, 12], hours: 3, size: 0 },
      ],
    },
    from: [14, 0],
    shows: 'miss',
  },
  params: {
    windowMs: {
      series: { ...LEAKING, faults: [{ kind: 'drift', at: [18, 0], hours: 240, size: 16 }] },
      from: [10, 0],
      values: [2 * DAY, 21 * DAY],
      says: 'Short: it would be sooner, but the days themselves are most of what it sees, and the leak is lost in them. Long: surer and later; it takes a third of the window to say anything.',
    },
    blocks: {
      series: { ...LEAKING, day: 0.1, faults: [{ kind: 'drift', at: [18, 0], hours: 240, size: 16 }] },
      from: [10, 0],
      values: [10, 336],
      says: 'A day like this one hides a leak: to short blocks it is doubt. Few, of most of a day each, even it out; they are slower to see a leak in a series without a season.',
    },
  },
};
