import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type Fault } from './fault.ts';
import { type Injection, injectFaults } from './inject-faults.ts';
import { levelAndNoise } from './level-and-noise.ts';
import { createRng } from './rng.ts';

const rng = createRng(1);
const VALUES = Float64Array.from({ length: 400 }, (_, index) => 50 + (index >= 200 ? 20 : 0) + rng.normal());
const injection = (more: Partial<Injection> = {}): Injection => ({
  ...levelAndNoise(VALUES),
  ...{ halfSeason: 200, random: createRng(2), ...more },
});
const inject = (faults: readonly Fault[], more?: Partial<Injection>) => injectFaults(VALUES, faults, injection(more));

describe('level and noise', () => {
  it('are those that the series was made with', () => {
    const { levels, sigma } = levelAndNoise(VALUES);
    expect(levels[100]).toBeCloseTo(50, 0);
    expect(levels[399]).toBeCloseTo(70, 0);
    expect(sigma).toBeGreaterThan(0.85);
    expect(sigma).toBeLessThan(1.15);
  });

  it('of a constant and of nothing are no noise', () => {
    expect(levelAndNoise(new Float64Array(50).fill(3)).sigma).toBe(0);
    expect(levelAndNoise(new Float64Array(0)).sigma).toBe(0);
    expect(levelAndNoise(new Float64Array(5).fill(Number.NaN)).sigma).toBe(0);
  });

  it('of what is nearly always the same are not none', () => {
    const values = new Float64Array(100);
    values[50] = 1;
    expect(levelAndNoise(values).sigma).toBeCloseTo(0.1, 5);
  });
});

describe('an injected fault', () => {
  it.each(FAULT_KINDS)('%s changes what lies within it and nothing else, the same each time', (kind) => {
    const fault: Fault = { kind, first: 250, last: 299, size: 6 };
    const faulty = inject([fault]);
    expect(inject([fault])).toEqual(faulty);
    const changed = [...VALUES.keys()].filter((index) => faulty[index] !== VALUES[index]);
    expect(changed.length).toBeGreaterThan(40);
    expect(changed.every((index) => index >= 250 && index <= 299)).toBe(true);
  });

  it('keeps the noise of each point about the new level', () => {
    const { sigma } = levelAndNoise(VALUES);
    const faulty = inject([{ kind: 'shift', first: 250, last: 299, size: 6 }]);
    expect((faulty[270] as number) - (VALUES[270] as number)).toBeCloseTo(6 * sigma, 9);
  });

  it('of noise spreads the points by half its size', () => {
    const wide = inject([{ kind: 'noise', first: 220, last: 399, size: 12 }]).subarray(220, 400);
    expect(levelAndNoise(wide).sigma / levelAndNoise(VALUES).sigma).toBeGreaterThan(4.5);
    expect(levelAndNoise(wide).sigma / levelAndNoise(VALUES).sigma).toBeLessThan(7.5);
  });

  it('leaves what is missing, and what the metric can be', () => {
    const values = Float64Array.from(VALUES);
    values[260] = Number.NaN;
    const fault: Fault = { kind: 'shift', first: 250, last: 299, size: 100 };
    const faulty = injectFaults(values, [fault, { ...fault, first: 300, last: 310, size: -100 }], {
      ...injection({ least: 0, most: 80 }),
    });
    expect(faulty[260]).toBeNaN();
    expect(faulty[270]).toBe(80);
    expect(faulty[305]).toBe(0);
  });
});
