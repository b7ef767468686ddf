import { expect, it } from 'vitest';
import type { Plan } from '#model/plan.ts';
import { planSettingsHash } from './settings-hash.ts';

const PLAN: Plan = {
  detector: 'a',
  selector: { app: 'x', tier: 'y' },
  metricName: 'm',
  algorithm: 'auto',
  parameters: {},
  threshold: 6,
  guards: {
    direction: 'above',
    minAbsoluteDeviation: 0,
    minRelativeDeviation: 1,
    range: {},
    persistence: { points: 3, of: 3, clear: 2 },
    missing: 'ignore',
  },
};
const OTHER: Plan = { ...PLAN, detector: 'b' };

it('does not depend on the order of plans or of keys', () => {
  const turned = Object.fromEntries(Object.entries(PLAN).reverse()) as unknown as Plan;
  const swapped: Plan = { ...turned, selector: { tier: 'y', app: 'x' } };
  expect(planSettingsHash([PLAN, OTHER])).toBe(planSettingsHash([OTHER, swapped]));
  expect(planSettingsHash([PLAN])).toMatch(/^[0-9a-f]{16}$/);
});

it('differs when anything that decides differs', () => {
  const changed: Plan[] = [
    OTHER,
    { ...PLAN, threshold: 5 },
    { ...PLAN, parameters: { window: 3 } },
    { ...PLAN, guards: { ...PLAN.guards, range: { max: 3 } } },
    { ...PLAN, guards: { ...PLAN.guards, persistence: { points: 3, of: 4, clear: 2 } } },
  ];
  const hashes = [PLAN, ...changed].map((plan) => planSettingsHash([plan]));
  expect(new Set([...hashes, planSettingsHash([]), planSettingsHash([PLAN, PLAN])]).size).toBe(8);
});
