// What a detector may say beside its method, declared once: the resource's schema, its error texts and the page's controls
// follow from it. Deviations and bounds are in the metric's own unit.
import type { Param } from './contract.ts';

const points = (summary: string) =>
  ({ kind: 'number', summary, min: 1, max: 1000, integer: true, unit: 'points' }) as const;

export const THRESHOLD_PARAM = {
  kind: 'number',
  summary: 'Sigmas: a point is anomalous where |score| is greater',
  default: 3,
  min: 0,
  max: 100,
  unit: 'σ',
} as const satisfies Param;

export const GUARD_PARAMS = {
  direction: {
    kind: 'choice',
    summary: 'Which side of the expected value counts',
    default: 'both',
    choices: ['above', 'below', 'both'],
  },
  minAbsoluteDeviation: {
    kind: 'number',
    summary: 'Least distance from the expected value, in the unit of the metric; 0 switches it off',
    default: 0,
    min: 0,
  },
  minRelativeDeviation: {
    kind: 'number',
    summary: 'Least distance as a ratio of the expected value, 1 is 100 %; 0 switches it off',
    default: 0,
    min: 0,
    unit: 'ratio',
  },
  rangeMin: { kind: 'number', summary: 'The least that is believed; absent: no bound', optional: true },
  rangeMax: { kind: 'number', summary: 'The most that is believed; absent: no bound', optional: true },
  persistencePoints: { ...points('Anomalous points that open a finding'), default: 1 },
  persistenceOf: { ...points('… among the last so many; as many as points when absent'), optional: true },
  persistenceClear: { ...points('Normal points in a row that end it'), default: 1 },
  ends: {
    kind: 'choice',
    summary:
      'What ends a finding. scored: a normal score, also because the method got used to the trouble; back: only a value near what is expected, as near as it was called normal when it began',
    default: 'scored',
    choices: ['scored', 'back'],
  },
  missing: {
    kind: 'choice',
    summary: 'What a missing point does to a run of anomalous ones: passed over, or it ends the run',
    default: 'ignore',
    choices: ['ignore', 'end'],
  },
} as const satisfies Readonly<Record<string, Param>>;

export type GuardParam = keyof typeof GUARD_PARAMS;
