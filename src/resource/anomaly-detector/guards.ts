// The guards of a detector, the same in every version.
import { z } from 'zod';
import { oneOf, wholeNumber } from '../fields.ts';
import { rule, rules } from '../schema/structural-schema.ts';

const MAX_POINTS = 1000;
const DEVIATION = 'expected a number of 0 or more, in the unit of the metric';
const RELATIVE = 'expected a ratio of 0 or more (write 0.5 for 50 %)';
const BOUND = 'expected a number, in the unit of the metric';
const AT_LEAST_POINTS = 'expected at least as many as "points"';
const MORE_THAN_MIN = 'expected more than "min"';

const persistence = z
  .strictObject({
    points: wholeNumber(1, MAX_POINTS).default(1).describe('Anomalous points that open a finding'),
    of: wholeNumber(1, MAX_POINTS).optional().describe('… among the last so many; as many as points when absent'),
    clear: wholeNumber(1, MAX_POINTS).default(1).describe('Normal points in a row that end it'),
  })
  .meta(rules(rule('!has(self.of) || !has(self.points) || self.of >= self.points', AT_LEAST_POINTS, 'of')));

const range = z
  .strictObject({
    min: z.number().meta({ expected: BOUND }).optional().describe('The least that is believed; absent: no bound'),
    max: z.number().meta({ expected: BOUND }).optional().describe('The most that is believed; absent: no bound'),
  })
  .meta(rules(rule('!has(self.min) || !has(self.max) || self.min < self.max', MORE_THAN_MIN, 'max')));

export const guards = z.strictObject({
  direction: oneOf(['above', 'below', 'both']).default('both').describe('Which side of the expected value counts'),
  minAbsoluteDeviation: z
    .number()
    .min(0)
    .meta({ expected: DEVIATION })
    .default(0)
    .describe('Least distance from the expected value, in the unit of the metric; 0 switches it off'),
  minRelativeDeviation: z
    .number()
    .min(0)
    .meta({ expected: RELATIVE })
    .default(0)
    .describe('Least distance as a ratio of the expected value, 1 is 100 %; 0 switches it off'),
  range: range.prefault({}).describe('Values outside are a sensor’s error and not believed'),
  persistence: persistence.prefault({}).describe('For how long it must last'),
  missing: oneOf(['ignore', 'end'])
    .default('ignore')
    .describe('What a missing point does to a run of anomalous ones: passed over, or it ends the run'),
});
