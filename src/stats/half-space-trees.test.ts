import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { addMass, growHalfSpaceTrees, type HalfSpaceTrees, massAt, massesOf } from './half-space-trees.ts';
import { createRng } from './rng.ts';

/** One tree over one feature: at a half, then at the quarters. */
const TINY: HalfSpaceTrees = {
  ...{ trees: 1, height: 2, stride: 4 },
  features: new Uint16Array(4),
  thresholds: Float64Array.of(0, 0.5, 0.25, 0.75),
};

function countAll(forest: HalfSpaceTrees, values: Float64Array, cols: number): Float64Array {
  const masses = new Float64Array(massesOf(forest));
  for (let row = 0; row < values.length; row += cols) addMass(forest, masses, 0, values, row);
  return masses;
}

describe('a tree of which all is known', () => {
  const values = Float64Array.of(0.1, 0.2, 0.3, 0.3, 0.9, 0.5);

  test('counts in each part how many rows lie in it; what is at a cut lies above', () => {
    expect(countAll(TINY, values, 1)).toEqual(Float64Array.of(0, 6, 4, 2, 2, 2, 1, 1));
  });

  test.each([
    ['goes down to the leaf where there is enough', 0.1, 1, 2 * 4],
    ['stops at the first part with too few', 0.6, 3, 2 * 2],
    ['stops before any cut where all is too few', 0.6, 7, 6],
    ['has a leaf with one', 0.5, 1, 1 * 4],
    ['takes what is beyond for what is at the edge', -50, 1, 2 * 4],
    ['takes NaN for a large value', Number.NaN, 1, 1 * 4],
  ])('%s', (_what, value, least, mass) => {
    expect(massAt(TINY, countAll(TINY, values, 1), 0, least, Float64Array.of(value), 0)).toBe(mass);
  });

  test('a window that is empty has no mass anywhere', () => {
    expect(massAt(TINY, new Float64Array(massesOf(TINY)), 0, 0, values, 0)).toBe(0);
  });

  test('masses and rows may lie anywhere in what is given, and nothing beside them is touched', () => {
    const masses = new Float64Array(20).fill(-7);
    masses.fill(0, 5, 5 + massesOf(TINY));
    for (let row = 0; row < values.length; row++) addMass(TINY, masses, 5, values, row);
    expect(masses.subarray(5, 13)).toEqual(countAll(TINY, values, 1));
    expect(new Set([...masses.subarray(0, 5), ...masses.subarray(13)])).toEqual(new Set([-7]));
    expect(massAt(TINY, masses, 5, 1, values, 4)).toBe(1 * 4);
  });
});

describe('in river’s trees', () => {
  interface Golden extends Pick<HalfSpaceTrees, 'trees' | 'height'> {
    readonly window: number;
    readonly cols: number;
    readonly values: number[];
    readonly features: number[];
    readonly thresholds: number[];
    readonly masses: number[];
    readonly scores: number[];
  }
  const golden = readGoldenFile<Golden>('half-space');
  const { trees, height, window, cols } = golden;
  const features = Uint16Array.from(golden.features);
  const forest = { trees, height, stride: 2 ** height, features, thresholds: numbers(golden.thresholds) };
  const values = numbers(golden.values);
  const masses = countAll(forest, values.subarray(0, window * cols), cols);

  test('the counts of a window are river’s', () => {
    expect(masses).toEqual(numbers(golden.masses));
  });

  /** The masses on the way of a row in one tree, each times 2 for each halving, down to where river stops. */
  function wayOf(tree: number, row: number): number[] {
    const cuts = tree * forest.stride;
    const way: number[] = [];
    for (let node = 1, scale = 1; ; scale *= 2) {
      const mass = masses[2 * cuts + node] as number;
      way.push(mass * scale);
      if (mass < 0.1 * window || node >= forest.stride) return way;
      const value = values[row * cols + (features[cuts + node] as number)] as number;
      node = 2 * node + Number(value >= (forest.thresholds[cuts + node] as number));
    }
  }

  test('a row stops where river’s stops: river adds up all that is on the way, the paper takes what is at its end', () => {
    const most = trees * window * (2 ** (height + 1) - 1);
    expect(golden.scores).toHaveLength(100);
    for (const [row, score] of golden.scores.entries()) {
      const ways = Array.from({ length: trees }, (_, tree) => wayOf(tree, row));
      const sum = (numbersOf: (way: number[]) => number) => ways.reduce((total, way) => total + numbersOf(way), 0);
      expect(1 - sum((way) => way.reduce((total, mass) => total + mass, 0)) / most).toBeCloseTo(score, 12);
      expect(massAt(forest, masses, 0, 0.1 * window, values, row * cols)).toBe(sum((way) => way.at(-1) ?? Number.NaN));
    }
  });
});

describe('trees that are grown', () => {
  test('the same seed grows the same, another seed others', () => {
    const grow = (seed: number) => growHalfSpaceTrees({ cols: 3, trees: 4, height: 5, seed });
    expect(grow(1)).toEqual(grow(1));
    expect(grow(1)).not.toEqual(grow(2));
  });

  test('are as the paper has them unless told', () => {
    const { trees, height, stride, thresholds } = growHalfSpaceTrees({ cols: 2, seed: 1 });
    expect([trees, height, stride, thresholds.length]).toEqual([25, 15, 32_768, 25 * 32_768]);
  });

  test('halve space: a child cuts in the middle of what its parent left it, and the first cut leaves both sides some of the limits', () => {
    const { stride, trees, thresholds } = growHalfSpaceTrees({ cols: 1, trees: 50, height: 4, seed: 3 });
    for (let tree = 0; tree < trees; tree++) {
      const cut = (node: number) => thresholds[tree * stride + node] as number;
      expect(cut(1)).toBeGreaterThanOrEqual(0);
      expect(cut(1)).toBeLessThanOrEqual(1);
      const reach = cut(3) - cut(1);
      // Half of a space that reaches over all limits, and less than twice as far.
      expect(4 * reach).toBeGreaterThanOrEqual(1);
      expect(4 * reach).toBeLessThanOrEqual(2);
      expect(cut(1) - cut(2)).toBeCloseTo(reach, 12);
      for (const node of [2, 3]) {
        expect(cut(node) - cut(2 * node)).toBeCloseTo(reach / 2, 12);
        expect(cut(2 * node + 1) - cut(node)).toBeCloseTo(reach / 2, 12);
      }
    }
  });

  test('limits move and stretch the cuts of their feature', () => {
    const options = { cols: 2, trees: 3, height: 6, seed: 5 };
    const unit = growHalfSpaceTrees(options);
    const limits = [
      [-10, 30],
      [5, 6],
    ] as const;
    const { features, thresholds } = growHalfSpaceTrees({ ...options, limits });
    expect(features).toEqual(unit.features);
    for (const [node, threshold] of unit.thresholds.entries()) {
      if (node % unit.stride === 0) continue;
      const [low, high] = limits[features[node] as 0 | 1];
      expect(thresholds[node]).toBeCloseTo(low + threshold * (high - low), 9);
    }
  });

  test('each part has the rows of its two halves, and each root all of them', () => {
    const row = fc.array(fc.double({ min: -0.5, max: 1.5, noNaN: true }), { minLength: 3, maxLength: 3 });
    const trees = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), trees, fc.integer(), (rows, count, seed) => {
        const forest = growHalfSpaceTrees({ cols: 3, trees: count, height: 4, seed });
        const masses = countAll(forest, Float64Array.from(rows.flat()), 3);
        for (let tree = 0; tree < count; tree++) {
          const mass = (node: number) => masses[tree * 2 * forest.stride + node] as number;
          expect(mass(1)).toBe(rows.length);
          for (let node = 1; node < forest.stride; node++) expect(mass(node)).toBe(mass(2 * node) + mass(2 * node + 1));
        }
      }),
    );
  });

  test.each([1, 2, 3])('with seed %d a row that is far from all others is where the least mass is', (seed) => {
    const rng = createRng(seed);
    const values = Float64Array.from({ length: 4 * 250 }, () => 0.5 + 0.05 * rng.normal());
    values.set([0.05, 0.95, 0.9, 0.1], 4 * 100);
    const forest = growHalfSpaceTrees({ cols: 4, seed, height: 8 });
    const masses = countAll(forest, values, 4);
    const found = Array.from({ length: 250 }, (_, row) => massAt(forest, masses, 0, 25, values, 4 * row));
    expect(found.indexOf(Math.min(...found))).toBe(100);
  });

  test.each([
    [{ cols: 1, height: 0 }, 'height 0'],
    [{ cols: 1, height: 21 }, 'height 21'],
    [{ cols: 0 }, '0 features and no limits'],
    [{ cols: 2, limits: [[0, 1]] as const }, '2 features and 1 limits'],
  ])('%j is refused', (options, message) => {
    expect(() => growHalfSpaceTrees({ seed: 1, ...options })).toThrow(message);
  });
});
