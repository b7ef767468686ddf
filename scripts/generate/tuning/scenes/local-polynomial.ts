import { DAY, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS, SPREAD } from './shapes.ts';

export const localPolynomial: MethodScenes = {
  shines: {
    series: {
      ...DAILY,
      stepMs: 5 * MINUTE,
      days: 6,
      noise: 0.015,
      faults: [
        { kind: 'shift', at: [4, 5], hours: 2, size: 12 },
        { kind: 'shift', at: [5, 15], hours: 2, size: -12 },
      ],
    },
    from: [4, 0],
  },
  fails: {
    series: { ...FLAT, faults: [{ kind: 'drift', at: [3, 0], hours: 24, size: 12 }] },
    from: [2, 0],
    shows: 'miss',
  },
  params: {
    windowMs: {
      series: {
        ...DAILY,
        stepMs: 5 * MINUTE,
        days: 6,
        faults: [{ kind: 'shift', at: [5, 6], hours: 3, size: 8 }],
      },
      from: [4, 0],
      values: [20 * MINUTE, DAY],
      says: 'Short: it follows within minutes, and its forecast is as noisy as the points. Long: steady, but a line through half a day is no forecast of a daily season.',
    },
    degree: {
      series: {
        ...DAILY,
        stepMs: 5 * MINUTE,
        days: 6,
        day: 0.6,
        noise: 0.02,
        faults: [{ kind: 'shift', at: [5, 3], hours: 3, size: 8 }],
      },
      from: [4, 0],
      values: [0, 2],
      says: '0 lags behind a slope, 1 behind a bend. 2 runs after both, and after a fault.',
    },
    block: {
      series: {
        ...FLAT,
        days: 5,
        faults: [
          { kind: 'noise', at: [3, 8], hours: 5, size: 4 },
          { kind: 'spike', at: [4, 12], hours: 0.2, size: 10 },
        ],
      },
      from: [3, 0],
      values: [12],
      says: 'More: a series that has become restless shows, though no point is far off; a single spike shows for as many points.',
    },
    spreadHalfLifeMs: {
      series: {
        ...FLAT,
        days: 8,
        faults: [
          { kind: 'noise', at: [6, 6], hours: 4, size: 10 },
          { kind: 'noise', at: [6, 16], hours: 4, size: 10 },
          { kind: 'noise', at: [7, 4], hours: 4, size: 10 },
        ],
      },
      from: [6, 0],
      ...SPREAD,
    },
    minPoints: MIN_POINTS,
  },
};
