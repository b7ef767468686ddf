// What a detector means to the flow: a plan for each of its metrics, every default in place, nothing left to decide.
import type { Denominator } from '#model/denominator.ts';
import { DAY_NAMES } from '#model/local-time.ts';
import type { Guards, Plan } from '#model/plan.ts';
import type { QuietTime } from '#model/quiet-time.ts';
import { holidaysOf } from './calendar.ts';
import { alertRuleOf } from './findings.ts';
import type { Detector } from './read.ts';
import type { SpecV2 } from './v2.ts';

/** One for each metric, in the order in which they are written. */
export function plansOf({ name, spec, algorithm, parameters, extension }: Detector): Plan[] {
  const { selector, targets, metricName, metrics = [], threshold } = spec;
  const { matchExpressions = [] } = targets ?? {};
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values }));
  const watched = metricName === undefined ? metrics : [{ name: metricName, kind: 'Auto' as const, query: undefined }];
  const alert = alertRuleOf(spec.findings, spec.guards.ends, extension);
  return watched.map((metric) => ({
    detector: name,
    selector: selector ?? targets?.matchLabels ?? {},
    ...(expressions.length > 0 && { expressions }),
    metricName: metric.name,
    ...(metric.query !== undefined && { query: metric.query }),
    ...(metric.kind !== 'Auto' && { isCounter: metric.kind === 'Counter' }),
    ...{ algorithm, parameters, threshold },
    guards: guardsOf(spec),
    ...(alert !== undefined && { alert }),
  }));
}

function guardsOf({ guards, calendar }: SpecV2): Guards {
  const { range, persistence, denominator } = guards;
  const { min, max } = range;
  const { points, of = points, clear } = persistence;
  return {
    direction: guards.direction,
    minAbsoluteDeviation: guards.minAbsoluteDeviation,
    minRelativeDeviation: guards.minRelativeDeviation,
    range: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
    persistence: { points, of, clear },
    missing: guards.missing,
    ...(guards.ends === 'back' && { ends: guards.ends }),
    ...(guards.calendar !== undefined && { calendar: quietTimeOf(guards.calendar, calendar) }),
    ...(denominator !== undefined && { denominator: denominatorOf(denominator) }),
  };
}

function quietTimeOf(guard: NonNullable<SpecV2['guards']['calendar']>, calendar: SpecV2['calendar']): QuietTime {
  const windows = (list: typeof guard.active = []) => {
    return list.map(({ days = DAY_NAMES, from, to }) => ({ days, from, to }));
  };
  return {
    timeZone: calendar.timeZone,
    active: windows(guard.active),
    quiet: windows(guard.quiet),
    holidays: holidaysOf(calendar),
    holidaysAre: guard.holidays,
  };
}

function denominatorOf({ metricName, query, min }: NonNullable<SpecV2['guards']['denominator']>): Denominator {
  return { metricName, min, ...(query !== undefined && { query }) };
}
