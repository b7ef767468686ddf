import { DAY, HOUR } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { FLAT } from './shapes.ts';

/** Short: each point grows a forest. */
const FEW = {
  ...FLAT,
  days: 0.5,
  memory: 0,
  faults: [
    { kind: 'shift', at: [0, 6], hours: 0.5, size: 10 },
    { kind: 'shift', at: [0, 9.5], hours: 0.5, size: -10 },
  ],
} as const;

const TWO_POINTS = { guards: { persistence: { points: 2, clear: 2 } } };

export const isolationForest: MethodScenes = {
  threshold: 2.5,
  shines: { series: FEW, from: [0, 4], setting: TWO_POINTS },
  fails: {
    series: {
      ...FEW,
      faults: [
        { kind: 'shift', at: [0, 6], hours: 0.5, size: 10 },
        { kind: 'drift', at: [0, 8], hours: 3.5, size: 10 },
      ],
    },
    from: [0, 4],
    setting: TWO_POINTS,
    shows: 'miss',
  },
  params: {
    width: {
      series: FEW,
      from: [0, 4],
      setting: TWO_POINTS,
      values: [1, 12],
      says: '1 looks at values alone. More looks at the shape of as many points, sees a fault later, and for as long after it.',
    },
    trees: {
      series: FEW,
      from: [0, 4],
      setting: TWO_POINTS,
      values: [10, 200],
      says: 'Few trees: scores jump from point to point, and may not come so far. More than the default cost time and change little.',
    },
    sample: {
      series: FEW,
      from: [0, 4],
      setting: TWO_POINTS,
      values: [16, 1024],
      says: 'Small samples blur what is common; ones larger than the window change nothing.',
    },
    seed: {
      series: FEW,
      from: [0, 4],
      setting: TWO_POINTS,
      values: [0, 2],
      says: 'No knob: it should change next to nothing. Where it does, there are too few trees.',
    },
    windowMs: {
      series: FEW,
      from: [0, 4],
      setting: TWO_POINTS,
      values: [2 * HOUR, DAY],
      says: 'Short: what lasts is soon half of the window, and no longer set apart. Long: dearer, and an earlier fault makes the next one less odd.',
    },
  },
};
