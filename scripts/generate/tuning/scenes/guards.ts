// The threshold and the guards, each on a series that it is for.
import { GUARD_PARAMS } from '#detect/index.ts';
import { DAY, MINUTE, type RatioShape } from '../make-series.ts';
import type { GuardScene } from '../scene.ts';
import { FLAT } from './shapes.ts';

/** Minute by minute, which is where single points flutter. */
const MINUTELY = { ...FLAT, stepMs: MINUTE, days: 2 } as const;

const ERRORS: RatioShape = {
  seed: 3,
  what: 'share of requests that failed',
  stepMs: 5 * MINUTE,
  days: 5,
  requests: 300,
  atNight: 0.004,
  failing: 0.02,
  faults: [
    { at: [3, 11], hours: 1.5, failing: 0.15 },
    { at: [4, 15], hours: 1, failing: 0.15 },
  ],
};

/** A method that a fault of some hours does not move. */
const STEADY = { method: 'median-mad', parameters: { baselineMs: DAY } } as const;

const OF_ERRORS = { threshold: 4, guards: { direction: 'above' } } as const;

const THRESHOLD: GuardScene = {
  path: 'threshold',
  series: {
    ...FLAT,
    days: 8,
    faults: [
      { kind: 'shift', at: [6, 8], hours: 1, size: 4.5 },
      { kind: 'shift', at: [7, 8], hours: 1, size: 10 },
    ],
  },
  from: [5, 12],
  steps: [2, 3, 6].map((threshold) => ({ told: `threshold: ${threshold}`, setting: { threshold } })),
  says: 'The first knob, and a blunt one: higher is quieter and sees less, whatever the size of the series. Where alarms are rare but of no interest, a least deviation is better; where they are single points, persistence.',
};

/** The threshold, the guards by their names in GUARD_PARAMS, and those of the resource beside them. */
export const GUARDS: Readonly<Record<string, GuardScene>> = {
  threshold: THRESHOLD,
  direction: {
    path: 'guards.direction',
    series: {
      ...FLAT,
      what: 'latency in ms',
      days: 8,
      releases: [{ at: [6, 12], factor: 0.7 }],
      faults: [{ kind: 'shift', at: [7, 8], hours: 1, size: 12 }],
    },
    from: [6, 0],
    steps: GUARD_PARAMS.direction.choices.map((direction) => ({
      told: `direction: ${direction}`,
      setting: { method: 'median-mad', guards: { direction } },
    })),
    says: 'Nobody wants to be woken because it got faster (here: a release at noon of the first day). Latency, errors and use: `above`. Traffic, free space and replicas: `below`.',
  },
  minAbsoluteDeviation: {
    path: 'guards.minAbsoluteDeviation',
    series: {
      ...FLAT,
      what: 'latency in ms',
      level: 8,
      noise: 0.01,
      days: 8,
      memory: 0.2,
      jobs: [{ hour: 4, hours: 0.5, size: 10, since: 6 }],
      faults: [{ kind: 'shift', at: [7, 14], hours: 1, size: 60 }],
    },
    from: [6, 0],
    steps: [0, 2, 10].map((least) => ({
      told: `minAbsoluteDeviation: ${least}`,
      setting: { guards: { minAbsoluteDeviation: least } },
    })),
    says: 'For a series so steady that a trifle is many sigmas: a millisecond more is no incident. Set it to the least that anybody would act upon, in the metric’s unit; above the size of an incident it hides the incident.',
  },
  minRelativeDeviation: {
    path: 'guards.minRelativeDeviation',
    series: {
      ...FLAT,
      what: 'CPU in millicores',
      noise: 0.02,
      days: 8,
      jobs: [{ hour: 4, hours: 0.5, size: 12, since: 6 }],
      faults: [{ kind: 'shift', at: [7, 14], hours: 1, size: 70 }],
    },
    from: [6, 0],
    steps: [0, 1, 2].map((least) => ({
      told: `minRelativeDeviation: ${least}`,
      setting: { guards: { minRelativeDeviation: least } },
    })),
    says: 'The same for series of all sizes under one detector. The shipped detectors ask for 1: twice the usual. Below the usual nothing can be farther off than 1, so that drops need less than that.',
  },
  rangeMin: {
    path: 'guards.range.min',
    series: {
      ...FLAT,
      what: 'free memory in MiB',
      days: 8,
      glitches: [
        { at: [6, 9], value: -1 },
        { at: [7, 3], value: -1 },
      ],
      faults: [{ kind: 'shift', at: [7, 12], hours: 2, size: -12 }],
    },
    from: [6, 0],
    steps: [undefined, 0, 120].map((min) => ({
      told: min === undefined ? 'range.min: none' : `range.min: ${min}`,
      setting: { ...STEADY, guards: { range: min === undefined ? {} : { min } } },
    })),
    says: 'What cannot be is an exporter’s error and no incident: −1 of a sensor that could not read. A bound within what may be hides incidents.',
  },
  rangeMax: {
    path: 'guards.range.max',
    series: {
      ...FLAT,
      what: 'requests a second',
      days: 8,
      glitches: [
        { at: [6, 9], value: 600 },
        { at: [7, 3], value: 600 },
      ],
      faults: [{ kind: 'shift', at: [7, 12], hours: 2, size: 12 }],
    },
    from: [6, 0],
    steps: [280, 500, undefined].map((max) => ({
      told: max === undefined ? 'range.max: none' : `range.max: ${max}`,
      setting: { ...STEADY, guards: { range: max === undefined ? {} : { max } } },
    })),
    says: 'The same at the other end: a counter that was reset, a ratio above 1.',
  },
  persistencePoints: {
    path: 'guards.persistence.points',
    series: {
      ...MINUTELY,
      habit: { share: 0.006, size: 8 },
      faults: [{ kind: 'shift', at: [1, 18], hours: 0.3, size: 9 }],
    },
    from: [1, 0],
    steps: [1, 2, 30].map((points) => ({
      told: `persistence.points: ${points}`,
      setting: { method: 'median-mad', guards: { persistence: { points } } },
    })),
    says: 'Single points are garbage collections, scrapes that came late, one slow query. Two in a row cost one step of delay. More than an incident lasts finds nothing.',
  },
  persistenceOf: {
    path: 'guards.persistence.of',
    series: { ...MINUTELY, faults: [{ kind: 'shift', at: [1, 12], hours: 1, size: 9, share: 0.3 }] },
    from: [1, 8],
    to: [1, 17],
    steps: [undefined, 8, 16].map((of) => ({
      told: of === undefined ? 'persistence.points: 4' : `persistence.points: 4, of: ${of}`,
      setting: {
        method: 'median-mad',
        guards: { persistence: { points: 4, ...(of !== undefined && { of }) } },
      },
    })),
    says: 'A fault that flutters has no four bad points in a row. Four of eight or of sixteen see it, some points later than the first.',
  },
  persistenceClear: {
    path: 'guards.persistence.clear',
    series: { ...MINUTELY, faults: [{ kind: 'shift', at: [1, 12], hours: 1, size: 9, share: 0.35 }] },
    from: [1, 10],
    to: [1, 17],
    steps: [1, 5, 30].map((clear) => ({
      told: `persistence.clear: ${clear}`,
      setting: { method: 'median-mad', guards: { persistence: { points: 2, of: 4, clear } } },
    })),
    says: 'Flapping: one incident that opens and closes ten times. More normal points to end it make it one finding; it then stays red for as many points after its end.',
  },
  ends: {
    path: 'guards.ends',
    series: { ...FLAT, days: 8, faults: [{ kind: 'shift', at: [7, 8], hours: 3, size: 15 }] },
    from: [7, 2],
    to: [7, 18],
    steps: GUARD_PARAMS.ends.choices.map((ends) => ({
      told: `ends: ${ends}`,
      setting: { guards: { ends, persistence: { points: 2, clear: 2 } } },
    })),
    says: 'A method learns from what it sees, also from trouble: after a while its band holds the fault, and the finding is over while the value is where it was. With `back` it ends when the value is back, or when what is expected has come to it: of `auto`, hours after a level that stays. The shipped detectors have `back`.',
  },
  missing: {
    path: 'guards.missing',
    series: {
      ...MINUTELY,
      stepMs: 5 * MINUTE,
      days: 3,
      gaps: [0, 1, 2, 3, 4, 5].map((index) => ({ at: [2, 12 + index / 3 + 1 / 6], hours: 1 / 12 }) as const),
      faults: [{ kind: 'shift', at: [2, 12], hours: 2, size: 12 }],
    },
    from: [2, 6],
    to: [2, 20],
    steps: GUARD_PARAMS.missing.choices.map((missing) => ({
      told: `missing: ${missing}`,
      setting: { ...STEADY, guards: { missing, persistence: { points: 4, of: 4, clear: 2 } } },
    })),
    says: 'A pod in trouble is often scraped badly: with `end`, a scrape that failed begins the count anew. With `ignore` points on both sides of a gap count as a run.',
  },
  calendar: {
    path: 'guards.calendar',
    series: {
      ...FLAT,
      what: 'disk operations a second',
      days: 8,
      jobs: [{ hour: 2, hours: 1, size: 12, since: 5 }],
      faults: [
        { kind: 'shift', at: [6, 14], hours: 1, size: 12 },
        { kind: 'shift', at: [7, 2], hours: 1, size: 15 },
      ],
    },
    from: [5, 0],
    steps: [
      { told: 'calendar: none', setting: { method: 'median-mad', guards: {} } },
      {
        told: 'quiet: 01:55–03:05',
        setting: { method: 'median-mad', guards: { calendar: { quiet: [{ from: '01:55', to: '03:05' }] } } },
      },
    ],
    says: 'For a window that everybody knows: a backup, a deployment each Tuesday. It is blind while it is quiet. A method with seasons learns the job instead, and still sees a night that is worse than others.',
  },
  denominator: {
    path: 'guards.denominator.min',
    series: ERRORS,
    from: [2, 12],
    steps: [
      { told: 'denominator: none', setting: { method: 'median-mad', ...OF_ERRORS } },
      ...[20, 250].map((min) => ({
        told: `denominator.min: ${min}`,
        setting: {
          method: 'median-mad',
          ...OF_ERRORS,
          guards: { ...OF_ERRORS.guards, denominator: { metricName: 'beneath', min } },
        },
      })),
    ],
    says: 'At night two requests come in five minutes, and one failure is half of them. Ask for as many requests as make a ratio mean something; more than there are in an incident hides it.',
  },
};
