import { expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import type { Guards } from '#model/plan.ts';
import { guardsV2 } from './guards.ts';
import { readDetectors } from './parse.ts';
import { plansOf } from './plan.ts';
import { plannedGuards } from './planned-guards.ts';

function guardsOf(spec: string): Guards | undefined {
  const text = `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: d }
spec: { targets: { matchLabels: { app: cart } }, metrics: [{ name: up }], ${spec} }
`;
  return readDetectors(text, 'd.yaml', ALGORITHMS).flatMap(plansOf)[0]?.guards;
}

const EVERYTHING = `
  calendar: { timeZone: Europe/Berlin, holidays: [{ from: "--12-24", to: "--12-26" }, { from: "2026-05-01" }] },
  guards: {
    direction: above, minAbsoluteDeviation: 1, minRelativeDeviation: 0.5, range: { min: 0, max: 9 }, missing: end, ends: back,
    persistence: { points: 2, of: 3, clear: 4 },
    calendar: { active: [{ days: [Mon, Tue], from: "08:00", to: "18:00" }], quiet: [{ from: "12:00", to: "13:00" }], holidays: quiet },
    denominator: { metricName: requests, query: "sum(up)", min: 5 }
  }`;

test.each([
  ['with nothing said', 'guards: {}'],
  ['with everything said', EVERYTHING],
])('the guards of a plan %s are what the schema says, to the last field', (_, spec) => {
  const guards = guardsOf(spec);
  expect(guards).toBeDefined();
  expect(plannedGuards.parse(guards)).toEqual(guards);
});

test('no guard of the resource is left out', () => {
  expect(Object.keys(plannedGuards.shape).sort()).toEqual(Object.keys(guardsV2.shape).sort());
  // As many as a plan may have.
  const all: Required<Guards> = guardsOf(EVERYTHING) as Required<Guards>;
  expect(Object.keys(all).sort()).toEqual(Object.keys(plannedGuards.shape).sort());
});
