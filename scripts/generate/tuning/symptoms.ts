// What hurts, and which knob to turn: the table that the tuning guide begins with. A knob is named as the registry has it.

/** A guard, a method, or a parameter of a method. */
export type Knob = { readonly guard: string } | { readonly method: string; readonly param?: string };

export interface Symptom {
  readonly symptom: string;
  readonly because: string;
  /** The first is tried first. */
  readonly turn: readonly Knob[];
}

export const FALSE_ALARMS: readonly Symptom[] = [
  {
    symptom: 'alarms at night, when two of three requests failed',
    because: 'a ratio of next to nothing jumps',
    turn: [{ guard: 'denominator' }, { guard: 'minAbsoluteDeviation' }],
  },
  {
    symptom: 'alarms that are true, and that nobody would act on',
    because: 'of a steady series a trifle is many sigmas',
    turn: [{ guard: 'minRelativeDeviation' }, { guard: 'minAbsoluteDeviation' }],
  },
  { symptom: 'alarms because it became better', because: 'both sides count', turn: [{ guard: 'direction' }] },
  {
    symptom: 'alarms of a single point',
    because: 'spikes are a habit of the series',
    turn: [{ guard: 'persistencePoints' }, { method: 'auto' }],
  },
  {
    symptom: 'one incident, many notifications',
    because: 'it flaps: each quiet point ends a finding',
    turn: [{ guard: 'persistenceClear' }],
  },
  {
    symptom: 'the same alarm every night or every morning',
    because: 'the method knows the last hours only',
    turn: [{ method: 'seasonal-bands' }, { method: 'auto' }, { guard: 'calendar' }],
  },
  {
    symptom: 'the same alarm every weekend, or on a holiday',
    because: 'it knows the day, not the week',
    turn: [
      { method: 'seasonal-bands', param: 'season' },
      { method: 'seasonal-bands', param: 'holidays' },
    ],
  },
  {
    symptom: 'alarms since the clocks changed',
    because: 'the day is counted in UTC',
    turn: [{ method: 'seasonal-bands', param: 'timeZone' }],
  },
  {
    symptom: 'red for days after a release',
    because: 'the old level is remembered',
    turn: [
      { method: 'seasonal-bands', param: 'levelHalfLifeMs' },
      { method: 'holt-winters', param: 'level' },
      { method: 'cusum', param: 'halfLifeMs' },
    ],
  },
  {
    symptom: 'new pods alarm in their first hour',
    because: 'a few points say little of what is usual',
    turn: [{ method: 'auto', param: 'minPoints' }],
  },
  {
    symptom: 'alarms with values that cannot be',
    because: 'an exporter’s error',
    turn: [{ guard: 'rangeMin' }, { guard: 'rangeMax' }],
  },
  {
    symptom: 'more alarms than anybody reads, of all sorts',
    because: 'the threshold is too low for the shape of the series',
    turn: [{ guard: 'threshold' }],
  },
];

export const MISSED: readonly Symptom[] = [
  {
    symptom: 'a leak was missed, or seen on its last day',
    because: 'most methods follow what comes slowly',
    turn: [{ method: 'slow-trend' }, { method: 'static-threshold' }],
  },
  {
    symptom: 'a small shift was missed that lasted for hours',
    because: 'no point of it was odd',
    turn: [{ method: 'cusum' }],
  },
  {
    symptom: 'a busy night was missed: at noon it would be normal',
    because: 'bounds and plain baselines know no hours',
    turn: [{ method: 'seasonal-bands' }, { method: 'stl-residual' }],
  },
  {
    symptom: 'red at its begin, green while it went on',
    because: 'the memory is so short that a fault becomes usual',
    turn: [
      { guard: 'ends' },
      { method: 'median-mad', param: 'baselineMs' },
      { method: 'ema', param: 'halfLifeMs' },
      { method: 'local-polynomial', param: 'spreadHalfLifeMs' },
    ],
  },
  {
    symptom: 'a fault was missed soon after another',
    because: 'the first one widened the band',
    turn: [{ method: 'median-mad' }, { method: 'auto', param: 'baselineMs' }],
  },
  {
    symptom: 'a fault that comes and goes was missed',
    because: 'it never has as many bad points in a row',
    turn: [{ guard: 'persistenceOf' }, { guard: 'persistencePoints' }],
  },
  {
    symptom: 'a fault was missed while scrapes failed',
    because: 'each missing point begins the count anew',
    turn: [{ guard: 'missing' }],
  },
  {
    symptom: 'a short spike was missed, no higher than the next wave',
    because: 'its place is odd, its value is not',
    turn: [{ method: 'spectral-residual' }, { method: 'sarima', param: 'periodMs' }],
  },
  {
    symptom: 'a jump was missed, of a level that wanders',
    because: 'each level is usual',
    turn: [{ method: 'differencing' }, { method: 'local-polynomial' }],
  },
];
