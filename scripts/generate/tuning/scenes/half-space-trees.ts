import { DAY, HOUR } from '../make-series.ts';
import type { KnobScene, MethodScenes } from '../scene.ts';
import { FLAT, WANDERING } from './shapes.ts';

const QUEUE = {
  ...FLAT,
  days: 3,
  memory: 0,
  faults: [
    { kind: 'shift', at: [2, 6], hours: 0.75, size: 10 },
    { kind: 'shift', at: [2, 17], hours: 0.75, size: -10 },
  ],
} as const;

const TWO_POINTS = { guards: { persistence: { points: 2, clear: 2 } } };
const SHOWN = { series: QUEUE, from: [2, 0], setting: TWO_POINTS } as const satisfies Partial<KnobScene>;

export const halfSpaceTrees: MethodScenes = {
  threshold: 3,
  shines: SHOWN,
  fails: { series: WANDERING, from: [2, 0], setting: TWO_POINTS, shows: 'false alarm' },
  params: {
    width: {
      ...SHOWN,
      values: [1, 12],
      says: '1 looks at values alone, and hardly passes 3. More looks at the shape of as many points, and goes on for as long after it.',
    },
    trees: {
      ...SHOWN,
      values: [5, 100],
      says: 'Few trees: chance has more of a say in each score. More than the default cost time and memory, and change little.',
    },
    height: {
      ...SHOWN,
      values: [3, 10],
      says: 'Low: parts of space are large, and little is alone in one. High: scores are finer where there are points enough, and each step up doubles the memory.',
    },
    seed: {
      ...SHOWN,
      setting: { ...TWO_POINTS, parameters: { width: 2, trees: 50 } },
      values: [0, 2],
      says: 'No knob: it should change next to nothing. Where it does, there are too few trees.',
    },
    windowMs: {
      ...SHOWN,
      values: [2 * HOUR, 7 * DAY],
      says: 'Short: few points say little of what is rare, so that nothing goes far, and what lasts is soon usual. Long: it knows more, and learns a new level later.',
    },
  },
};
