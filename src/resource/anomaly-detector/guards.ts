// The guards of a detector: those of v1, which are the same in every version, and what v2 has beside them. Defaults, bounds
// and sentences are those of detection's declaration.
import { z } from 'zod';
import { GUARD_PARAMS } from '#detect/index.ts';
import { metricName, oneOf, text, wholeNumber } from '../fields.ts';
import { rule, rules } from '../schema/structural-schema.ts';
import { quietTime } from './calendar.ts';

const {
  direction,
  minAbsoluteDeviation,
  minRelativeDeviation,
  rangeMin,
  rangeMax,
  persistencePoints,
  persistenceOf,
  persistenceClear,
  ends,
  missing,
} = GUARD_PARAMS;

const DEVIATION = 'expected a number of 0 or more, in the unit of the metric';
const RELATIVE = 'expected a ratio of 0 or more (write 0.5 for 50 %)';
const BOUND = 'expected a number, in the unit of the metric';
const AT_LEAST_POINTS = 'expected at least as many as "points"';
const MIN = 'expected a number of 0 or more, in the unit of the denominator';
const MORE_THAN_MIN = 'expected more than "min"';

const counted = ({ min, max }: { readonly min: number; readonly max: number }) => wholeNumber(min, max);

const persistence = z
  .strictObject({
    points: counted(persistencePoints).default(persistencePoints.default).describe(persistencePoints.summary),
    of: counted(persistenceOf).optional().describe(persistenceOf.summary),
    clear: counted(persistenceClear).default(persistenceClear.default).describe(persistenceClear.summary),
  })
  .meta(rules(rule('!has(self.of) || !has(self.points) || self.of >= self.points', AT_LEAST_POINTS, 'of')));

const range = z
  .strictObject({
    min: z.number().meta({ expected: BOUND }).optional().describe(rangeMin.summary),
    max: z.number().meta({ expected: BOUND }).optional().describe(rangeMax.summary),
  })
  .meta(rules(rule('!has(self.min) || !has(self.max) || self.min < self.max', MORE_THAN_MIN, 'max')));

export const guards = z.strictObject({
  direction: oneOf(direction.choices).default(direction.default).describe(direction.summary),
  minAbsoluteDeviation: z
    .number()
    .min(minAbsoluteDeviation.min)
    .meta({ expected: DEVIATION })
    .default(minAbsoluteDeviation.default)
    .describe(minAbsoluteDeviation.summary),
  minRelativeDeviation: z
    .number()
    .min(minRelativeDeviation.min)
    .meta({ expected: RELATIVE })
    .default(minRelativeDeviation.default)
    .describe(minRelativeDeviation.summary),
  range: range.prefault({}).describe('Values outside are a sensor’s error and not believed'),
  persistence: persistence.prefault({}).describe('For how long it must last'),
  missing: oneOf(missing.choices).default(missing.default).describe(missing.summary),
});

const denominator = z.strictObject({
  metricName: metricName.describe(
    'What a ratio or a mean is of, e.g. requests a second; with a query, what its result is called',
  ),
  query: text(4096).min(1).optional().describe('PromQL in place of the metric itself; it must aggregate'),
  min: z
    .number()
    .min(0)
    .meta({ expected: MIN })
    .describe('A point counts where there is as much or more beneath it, of the same labels; else it is not anomalous'),
});

export const guardsV2 = guards.extend({
  ends: oneOf(ends.choices).default(ends.default).describe(ends.summary),
  calendar: quietTime.optional().describe('When something may be anomalous, in the time zone of spec.calendar'),
  denominator: denominator.optional().describe('How much must be beneath a ratio or a mean for it to count'),
});

/** Those that v1 cannot say. */
export const GUARDS_OF_V2: readonly string[] = Object.keys(guardsV2.shape).filter((name) => !(name in guards.shape));
