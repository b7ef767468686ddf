import { DAY, HOUR, MINUTE } from '../make-series.ts';
import type { MethodScenes } from '../scene.ts';
import { DAILY, MIN_POINTS } from './shapes.ts';

const WEEKLY = { ...DAILY, stepMs: 15 * MINUTE, weekend: 0.55 };

export const seasonalBands: MethodScenes = {
  shines: {
    series: {
      ...DAILY,
      jobs: [{ hour: 3, hours: 1, size: 14 }],
      faults: [
        { kind: 'shift', at: [7, 22], hours: 1, size: 8 },
        { kind: 'shift', at: [8, 11], hours: 1, size: -8 },
        { kind: 'spike', at: [9, 14], hours: 0.5, size: 10 },
      ],
    },
    from: [7, 0],
  },
  fails: {
    series: { ...DAILY, jobs: [{ hour: 3, hours: 1, size: 14, days: [2] }], days: 10 },
    from: [7, 0],
    shows: 'false alarm',
  },
  params: {
    season: {
      series: { ...WEEKLY, days: 28, faults: [{ kind: 'shift', at: [26, 10], hours: 5, size: 9 }] },
      from: [22, 0],
      values: ['week', 'workday', 'both'],
      says: '`day`: weekends that are not like workdays widen the band of every day, and what is odd on them hides in it. `workday` has a day for weekends after one of them. `week` and `both` know each day after a week or two; `both` needs less history for it.',
    },
    buckets: {
      series: {
        ...DAILY,
        jobs: [{ hour: 3, hours: 0.5, size: 14 }],
        faults: [{ kind: 'shift', at: [9, 4.5], hours: 1, size: 8 }],
      },
      from: [7, 0],
      values: [8, 288],
      says: 'Few: a bucket holds hours, so that a short job widens all of it or sticks out. Many: finer, and each has fewer points.',
    },
    offsetMs: {
      series: {
        ...WEEKLY,
        days: 28,
        clock: { at: [0, 0], hours: 9 },
        faults: [{ kind: 'shift', at: [24, 3], hours: 4, size: 9 }],
      },
      from: [24, 0],
      setting: { parameters: { season: 'workday' } },
      values: [-9 * HOUR, 9 * HOUR],
      says: 'The people of this series live nine hours ahead of UTC, where their weekend begins on Friday at 15:00. Prefer `timeZone`, which knows summer time.',
    },
    timeZone: {
      series: {
        ...DAILY,
        stepMs: 15 * MINUTE,
        days: 31,
        jobs: [{ hour: 3, hours: 0.75, size: 16 }],
        clock: { at: [27, 1], hours: 1 },
        faults: [{ kind: 'shift', at: [29, 12], hours: 3, size: 9 }],
      },
      from: [26, 0],
      values: ['Europe/Berlin'],
      says: 'Clocks go forward in the night to Sunday 29. In UTC the job comes an hour earlier from then on; in its own time zone it is where it was.',
    },
    holidays: {
      series: { ...WEEKLY, days: 28, holidays: [23], faults: [{ kind: 'shift', at: [24, 12], hours: 3, size: 9 }] },
      from: [22, 0],
      to: [26, 0],
      setting: { parameters: { season: 'workday' } },
      values: ['2026-03-25'],
      says: 'A holiday on a Wednesday is like a Sunday. Those of `spec.calendar` hold for all methods of a detector; a holiday that nobody declared is red.',
    },
    levelHalfLifeMs: {
      series: {
        ...DAILY,
        releases: [{ at: [7, 10], factor: 1.25 }],
        faults: [{ kind: 'shift', at: [9, 2], hours: 5, size: 8 }],
      },
      from: [7, 0],
      values: [20 * MINUTE, 7 * DAY],
      says: 'Short: a level that moved for good (a release on the first morning) is followed within the hour, and so is a fault. Long: both stay red.',
    },
    halfLifeMs: {
      series: {
        ...DAILY,
        days: 21,
        stepMs: 15 * MINUTE,
        jobs: [{ hour: 15, hours: 1.5, size: 12, since: 12 }],
        faults: [{ kind: 'shift', at: [19, 2], hours: 2, size: 9 }],
      },
      from: [11, 0],
      values: [DAY, 90 * DAY],
      says: 'A job is new from Saturday on. Short: it is learnt within days, and so is a fault. Long: it stays red on more days.',
    },
    minPoints: MIN_POINTS,
  },
};
