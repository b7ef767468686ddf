import { expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { createScoringCost } from './scoring-cost.ts';

const cpuMs = () => process.cpuUsage().user / 1000;

it('every method has a figure that a machine can have', () => {
  const scoringMs = createScoringCost(ALGORITHMS, cpuMs);
  for (const algorithm of Object.keys(ALGORITHMS)) {
    const ms = scoringMs({ algorithm, parameters: {} }, 120, 30_000);
    // A sample takes more than one instruction and less than a second.
    expect(ms, algorithm).toBeGreaterThan(1e-7);
    expect(ms, algorithm).toBeLessThan(1000);
  }
});

it('what is asked twice is measured once', () => {
  let read = 0;
  const scoringMs = createScoringCost(ALGORITHMS, () => 30 * read++);
  const plan = { algorithm: 'ema', parameters: {} };
  const first = scoringMs(plan, 120, 30_000);
  const times = read;
  expect(scoringMs(plan, 120, 30_000)).toBe(first);
  expect(read).toBe(times);
  scoringMs(plan, 240, 30_000);
  expect(read).toBeGreaterThan(times);
});
