// Names a set of detectors by what they decide, so that a store knows whether it holds their scores or another set's.
import { createHash } from 'node:crypto';
import type { Plan } from '#model/plan.ts';

/** 16 hex digits; the same for the same plans in any order and with keys in any order. */
export function planSettingsHash(plans: readonly Plan[]): string {
  const texts = plans.map((plan) => JSON.stringify(sorted(plan))).sort();
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => [key, sorted(part)]);
}
