import { DAY, HOUR, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { FLAT } from './shapes.ts';

const RHYTHM = {
  ...FLAT,
  what: 'bytes written a second',
  stepMs: 10 * MINUTE,
  days: 5,
  day: 0.2,
  waves: [{ periodMs: 4 * HOUR, share: 0.2 }],
  memory: 0,
  noise: 0.03,
};

export const spectralResidual: MethodScenes = {
  threshold: 6,
  shines: {
    series: {
      ...RHYTHM,
      faults: [
        { kind: 'spike', at: [3, 9], hours: 0.25, size: 12 },
        { kind: 'spike', at: [4, 5], hours: 0.25, size: -12 },
      ],
    },
    from: [3, 0],
  },
  fails: {
    series: { ...RHYTHM, faults: [{ kind: 'drift', at: [4, 0], hours: 24, size: 12 }] },
    from: [3, 0],
    shows: 'miss',
  },
  params: {
    windowMs: {
      series: {
        ...RHYTHM,
        days: 6,
        faults: [
          { kind: 'spike', at: [4, 9], hours: 0.25, size: 10 },
          { kind: 'shift', at: [5, 5], hours: 2, size: 10 },
        ],
      },
      from: [4, 0],
      values: [1.5 * HOUR, 4 * DAY],
      says: 'It must hold several turns of the rhythm: of half a one there is nothing to break. Longer costs more a point.',
    },
  },
};
