import type { MethodScenes } from '../scene.ts';
import { DAILY, FLAT } from './shapes.ts';

const DISK = { ...FLAT, what: 'disk used, ratio', level: 0.7, noise: 0.01, memory: 0.9 };

export const staticThreshold: MethodScenes = {
  threshold: 3,
  shines: {
    series: { ...DISK, faults: [{ kind: 'drift', at: [2, 12], hours: 30, size: 36 }] },
    from: [2, 0],
    setting: { parameters: { above: 0.9 } },
  },
  fails: {
    series: {
      ...DAILY,
      faults: [
        { kind: 'shift', at: [7, 1], hours: 4, size: 10 },
        { kind: 'shift', at: [8, 10], hours: 3, size: 10 },
        { kind: 'drop-out', at: [9, 12], hours: 1, size: 0 },
      ],
    },
    from: [7, 0],
    setting: { parameters: { above: 800 } },
    shows: 'miss',
  },
  params: {
    above: {
      series: { ...DISK, faults: [{ kind: 'shift', at: [3, 8], hours: 5, size: 22 }] },
      from: [2, 0],
      values: [0.71, 0.8, 0.95],
      says: 'Low: what is usual is beyond it. High: later, or never. Take a value at which somebody would act; the history’s highest percentile is on the page’s slider.',
    },
    below: {
      series: {
        ...DAILY,
        faults: [
          { kind: 'drop-out', at: [9, 12], hours: 2, size: 0 },
          { kind: 'shift', at: [8, 11], hours: 3, size: -24 },
        ],
      },
      from: [7, 0],
      values: [5, 150, 400],
      says: 'Below the quietest hour there is room only for what is down altogether. A bound within the day’s range is red each night.',
    },
  },
};
