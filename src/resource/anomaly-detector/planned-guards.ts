// The guards of a plan as a schema: those of the resource with every default in place, and the calendar with its time zone and
// holidays. Made of the resource's own fields, so that no guard is written down twice.
import { z } from 'zod';
import { calendar, holiday, quietTime, weekWindow } from './calendar.ts';
import { guardsV2 } from './guards.ts';

const { shape } = guardsV2;
const { points, of, clear } = shape.persistence.unwrap().shape;
const windows = z
  .array(
    z.object({
      days: weekWindow.shape.days.unwrap().readonly(),
      from: weekWindow.shape.from.unwrap(),
      to: weekWindow.shape.to.unwrap(),
    }),
  )
  .readonly();

const plannedCalendar = z.object({
  timeZone: calendar.shape.timeZone.unwrap(),
  active: windows.describe('[] is always'),
  quiet: windows,
  holidays: z.array(z.object({ from: holiday.shape.from, to: holiday.shape.to.unwrap() })).readonly(),
  holidaysAre: quietTime.shape.holidays.unwrap(),
});

/** What `plansOf` makes of `spec.guards` and `spec.calendar`: `Guards` of model. */
export const plannedGuards = z.object({
  direction: shape.direction.unwrap(),
  minAbsoluteDeviation: shape.minAbsoluteDeviation.unwrap(),
  minRelativeDeviation: shape.minRelativeDeviation.unwrap(),
  // A reply may gain a field: what is written down may not.
  range: z.object(shape.range.unwrap().shape),
  persistence: z.object({ points: points.unwrap(), of: of.unwrap(), clear: clear.unwrap() }),
  missing: shape.missing.unwrap(),
  ends: z
    .literal('back')
    .optional()
    .describe('It ends only when the value is back; absent: as soon as its points are scored normal'),
  calendar: plannedCalendar.optional().describe('When something may be anomalous; absent: always'),
  denominator: z.object(shape.denominator.unwrap().shape).optional().describe('How much must lie beneath'),
});
