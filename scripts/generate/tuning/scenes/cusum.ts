import { DAY, HOUR } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT, MIN_POINTS } from './shapes.ts';

export const cusum: MethodScenes = {
  shines: {
    series: {
      ...FLAT,
      memory: 0,
      days: 6,
      faults: [
        { kind: 'shift', at: [3, 12], hours: 4, size: 2.5 },
        { kind: 'shift', at: [5, 4], hours: 4, size: -2.5 },
      ],
    },
    from: [3, 0],
    setting: { parameters: { halfLifeMs: 7 * DAY } },
  },
  fails: { series: DAILY, from: [5, 0], shows: 'false alarm' },
  params: {
    reference: {
      series: {
        ...FLAT,
        memory: 0,
        days: 6,
        faults: [
          { kind: 'shift', at: [3, 6], hours: 14, size: 1 },
          { kind: 'shift', at: [5, 6], hours: 0.5, size: 5 },
        ],
      },
      from: [3, 0],
      setting: { parameters: { halfLifeMs: 21 * DAY } },
      values: [0.25, 1.5],
      says: 'Half of the shift that you look for. Low: smaller shifts, and the wandering of noise with a memory as well. High: only larger ones, sooner.',
    },
    most: {
      series: { ...FLAT, memory: 0, days: 6, faults: [{ kind: 'shift', at: [4, 0], hours: 8, size: 4 }] },
      from: [3, 12],
      values: [8, 400],
      says: 'A high sum takes long to come down: red goes on after the shift is over. A low one ends it soon, and bounds the score.',
    },
    halfLifeMs: {
      series: { ...FLAT, memory: 0, days: 8, faults: [{ kind: 'shift', at: [5, 0], hours: 30, size: 2 }] },
      from: [4, 0],
      values: [3 * HOUR, 21 * DAY],
      says: 'Short: the new level is the usual one within hours, and the way back to the old one is a shift too. Long: a level that moved for good stays red for days.',
    },
    minPoints: MIN_POINTS,
  },
};
