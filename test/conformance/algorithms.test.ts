// What every registered algorithm promises, whichever it is: missing data, warm-up, constants, spikes, the scale of
// scores, and that stepping, storing and scoring whole series agree. A new line in the registry is run through all of it;
// a promise that a method cannot make is taken back in the table below, where it can be seen.

import { getHeapStatistics } from 'node:v8';
import { describe, expect, test } from 'vitest';
import type { Algorithm, OnlineScorer, ParamValues, Scores } from '#detect/contract.ts';
import { ALGORITHMS, type AlgorithmName } from '#detect/index.ts';
import { NULL_SHARES } from '#detect/null-shares.ts';
import { completeParams } from '#detect/settings.ts';
import { emptyScore } from '#model/score.ts';
import type { Series } from '#model/series.ts';
import { checkParameters } from '#resource/parameters.ts';
import { createRng, type Rng } from '#stats/rng.ts';

const STEP_MS = 60_000;
const NAN = Number.NaN;

interface Promises {
  /** Parameters for those that must be given. */
  readonly given?: ParamValues;
  /** Scores do not change when all values are multiplied by a positive number, or moved by one. */
  readonly scaleInvariant: boolean;
  readonly shiftInvariant: boolean;
  /** Between 0.1 and 0.6 % of normal noise lies beyond ±3. */
  readonly calibrated: boolean;
  /** A scored point is not part of its own baseline. */
  readonly excludesOwnPoint: boolean;
  readonly warmUp: number;
  /** Points that are missing change nothing of the others: false where a season must know the time. */
  readonly skipsGaps: boolean;
  /** One point that is far off has a score that is. */
  readonly scoresPoints: boolean;
  /**
   * 'linear': deviations are divided by a sixth of the band. 'beyond': so they are outside it, inside the score only
   * ranks. 'limit': the band is only where ±3 is crossed.
   */
  readonly band: 'linear' | 'beyond' | 'limit' | 'none';
}

const ROLLING = {
  scaleInvariant: true,
  shiftInvariant: true,
  calibrated: true,
  excludesOwnPoint: true,
  warmUp: 20,
  skipsGaps: true,
  scoresPoints: true,
  band: 'linear',
} as const;
const PROMISES: Record<AlgorithmName, Promises> = {
  auto: { ...ROLLING, band: 'beyond' },
  // A sum is no multiple of one deviation: the band is only where ±3 is.
  cusum: { ...ROLLING, band: 'limit' },
  differencing: ROLLING,
  ema: ROLLING,
  // How crowded it is where a point lies is bounded, and so are scores; and a point is among those of a stretch.
  'half-space-trees': { ...ROLLING, warmUp: 23, scoresPoints: false, band: 'none' },
  'holt-winters': ROLLING,
  // Depths are bounded, and so are scores; a longer stretch would have a spike in several.
  'isolation-forest': {
    ...ROLLING,
    given: { width: 1 },
    calibrated: false,
    excludesOwnPoint: false,
    scoresPoints: false,
    band: 'none',
  },
  'local-polynomial': ROLLING,
  'median-iqr': ROLLING,
  'median-mad': ROLLING,
  'rolling-z-score': ROLLING,
  sarima: ROLLING,
  'seasonal-bands': ROLLING,
  // It rates a window, not a point; its own test measures how often noise looks like a trend. A week would be long here.
  'slow-trend': {
    ...ROLLING,
    given: { windowMs: 3_600_000, blocks: 10 },
    calibrated: false,
    warmUp: 60,
    scoresPoints: false,
    band: 'none',
  },
  // A window's own deviations are the yardstick, and what is expected is no value.
  'spectral-residual': { ...ROLLING, calibrated: false, excludesOwnPoint: false, band: 'none' },
  // Bounds are in the metric's unit, and are not estimated from any baseline.
  'static-threshold': {
    given: { above: 20, below: 0 },
    scaleInvariant: false,
    shiftInvariant: false,
    calibrated: false,
    excludesOwnPoint: false,
    warmUp: 0,
    skipsGaps: true,
    scoresPoints: true,
    band: 'none',
  },
  // A window's own residuals are the yardstick.
  'stl-residual': {
    ...ROLLING,
    given: { periodMs: 600_000 },
    calibrated: false,
    excludesOwnPoint: false,
    skipsGaps: false,
  },
  // The old contract: the point is in its own window, so that few points can hardly pass 3.
  'z-score': { ...ROLLING, calibrated: false, excludesOwnPoint: false, warmUp: 10 },
};

const CASES = Object.entries(PROMISES).map(([name, promises]) => {
  const algorithm: Algorithm = ALGORITHMS[name as AlgorithmName];
  const parameters = completeParams(algorithm.params, promises.given ?? {});
  return { name, algorithm, promises, parameters, scorer: algorithm.create(parameters, { stepMs: STEP_MS }) };
});
const ONLINE = CASES.flatMap(({ name, promises, scorer }) =>
  scorer.online === undefined ? [] : [{ name, promises, scorer, online: scorer.online }],
);

function seriesOf(values: ArrayLike<number>): Series {
  return {
    stepMs: STEP_MS,
    timesMs: Float64Array.from(values, (_, index) => index * STEP_MS),
    values: Float64Array.from(values),
  };
}

/** Normal noise about 10. */
function noise(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 10 + rng.normal());
}

/** Shapes of data that are not normal, with nothing wrong in them. */
const SHAPES = {
  logNormal: (rng: Rng) => Math.exp(rng.normal()),
  exponential: (rng: Rng) => -Math.log(1 - rng.uniform()),
  oneInTen: (rng: Rng) => (rng.uniform() < 0.1 ? 1 : 0),
} as const;

/** Percent of points beyond ±3 and ±6, after the baseline has filled, over many series of one shape. */
function beyond(online: OnlineScorer, shape: (rng: Rng) => number): { beyond3: number; beyond6: number } {
  const out = emptyScore();
  const found = { scored: 0, beyond3: 0, beyond6: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const rng = createRng(seed);
    const state = online.start(seriesOf([]));
    for (let index = 0; index < 700; index++) {
      online.step(state, index * STEP_MS, shape(rng), out);
      if (index < 200) continue;
      found.scored++;
      if (Math.abs(out.score) > 3) found.beyond3++;
      if (Math.abs(out.score) > 6) found.beyond6++;
    }
  }
  return { beyond3: (100 * found.beyond3) / found.scored, beyond6: (100 * found.beyond6) / found.scored };
}

function stepThrough(online: OnlineScorer, state: Float64Array, series: Series): Scores {
  const filled = () => new Float64Array(series.values.length);
  const into = { scores: filled(), expected: filled(), lower: filled(), upper: filled() };
  const out = emptyScore();
  for (const [index, value] of series.values.entries()) {
    online.step(state, series.timesMs[index] ?? NAN, value, out);
    into.scores[index] = out.score;
    into.expected[index] = out.expected;
    into.lower[index] = out.lower;
    into.upper[index] = out.upper;
  }
  return into;
}

/** Where the strongest score is; a missing one is the weakest. */
function strongest(scores: Float64Array): number {
  const sizes = scores.map((score) => (Number.isNaN(score) ? -1 : Math.abs(score)));
  return sizes.indexOf(Math.max(...sizes));
}

/** The largest difference; infinite where only one of the two is missing. */
function apart(a: Float64Array, b: Float64Array): number {
  const differences = a.map((value, index) => {
    const other = b[index] ?? NAN;
    if (Number.isNaN(value) && Number.isNaN(other)) return 0;
    return Number.isNaN(value - other) ? Number.POSITIVE_INFINITY : Math.abs(value - other);
  });
  return Math.max(...differences);
}

test('every registered algorithm is in the table, under its own name', () => {
  expect(Object.keys(PROMISES)).toEqual(Object.keys(ALGORITHMS));
  for (const [name, algorithm] of Object.entries(ALGORITHMS)) expect(algorithm.name).toBe(name);
});

test('what is said of data that are not normal is said of every calibrated method', () => {
  const calibrated = CASES.filter(({ promises }) => promises.calibrated).map(({ name }) => name);
  expect(Object.keys(NULL_SHARES)).toEqual(calibrated);
});

test('the registry is alphabetical', () => {
  expect(Object.keys(ALGORITHMS)).toEqual(Object.keys(ALGORITHMS).sort());
});

describe.each(CASES)('$name', ({ algorithm, promises, parameters, scorer }) => {
  test('says in sentences what it is, where it is from, and what its parameters mean', () => {
    for (const text of [algorithm.summary, ...Object.values(algorithm.params).map(({ summary }) => summary)]) {
      expect(text).toMatch(/^[A-Z].*\.$/s);
    }
    expect(algorithm.source).not.toBe('');
  });

  test('has defaults within their ranges', () => {
    for (const param of Object.values(algorithm.params)) {
      if (param.kind !== 'number' || param.default === undefined) continue;
      expect(param.default).toBeGreaterThanOrEqual(param.min ?? -Infinity);
      expect(param.default).toBeLessThanOrEqual(param.max ?? Infinity);
    }
    expect(checkParameters(parameters, algorithm, []).problems).toEqual([]);
  });

  test('gives one score a point, also for none and for one', () => {
    for (const length of [0, 1, 7, 300]) {
      const scores = scorer.score(seriesOf(noise(length, 1)));
      for (const column of Object.values(scores)) expect(column).toHaveLength(length);
    }
  });

  test('a missing, infinite or absurd value has no score, and the others are as if it were not there', () => {
    const values = noise(400, 2);
    const missing = new Map([
      [15, NAN],
      [200, Number.POSITIVE_INFINITY],
      [201, NAN],
      [350, Number.NEGATIVE_INFINITY],
      // Not infinite yet, but its square is.
      [351, 1e300],
    ]);
    const gappy: number[] = [];
    const held: number[] = [];
    for (const [index, value] of values.entries()) {
      const hole = missing.get(index);
      if (hole !== undefined) gappy.push(hole);
      held.push(gappy.length);
      gappy.push(value);
    }
    const scores = scorer.score(seriesOf(gappy)).scores;
    for (const [index, value] of gappy.entries()) if (!(Math.abs(value) < 1e300)) expect(scores[index]).toBeNaN();
    if (!promises.skipsGaps) return;
    expect(held.map((index) => scores[index])).toEqual([...scorer.score(seriesOf(values)).scores]);
  });

  test('nothing but missing values has nothing but missing scores', () => {
    expect(scorer.score(seriesOf(new Array(200).fill(NAN))).scores.every(Number.isNaN)).toBe(true);
  });

  test('too few points have no score, enough have one', () => {
    expect(scorer.score(seriesOf(noise(promises.warmUp - 1, 3))).scores.every(Number.isNaN)).toBe(true);
    expect(scorer.score(seriesOf(noise(promises.warmUp + 1, 3))).scores.at(-1)).not.toBeNaN();
  });

  test.each([0, 10, -0.1 * 3, 1e-300, 1e15])('a constant %d stays 0 or has no score', (level) => {
    if (!promises.scaleInvariant && (level < 0 || level > 20)) return;
    const scores = scorer.score(seriesOf(new Array(300).fill(level))).scores;
    const bound = promises.scaleInvariant ? 0 : 3;
    expect(scores.every((score) => Number.isNaN(score) || Math.abs(score) <= bound)).toBe(true);
  });

  test.runIf(promises.scoresPoints).each([
    ['upwards', 1],
    ['downwards', -1],
  ])('one spike %s has the strongest score, with its sign, beyond 6', (_, sign) => {
    const values = noise(300, 4);
    values[250] = 10 + sign * 60;
    const scores = scorer.score(seriesOf(values)).scores;
    expect(strongest(scores)).toBe(250);
    expect((scores[250] ?? NAN) * sign).toBeGreaterThan(6);
  });

  test('scores are finite and capped, whatever the values', () => {
    const values = [...noise(100, 5), 1e139, -1e139, 5e-324, 0, -0, ...noise(100, 6), 1e308, -1e308];
    for (const score of scorer.score(seriesOf(values)).scores) {
      expect(Number.isNaN(score) || Math.abs(score) <= 100).toBe(true);
    }
    expect(scorer.score(seriesOf([...values, ...noise(300, 7)])).scores.at(-1)).not.toBeNaN();
  });

  test.runIf(promises.scoresPoints)('a constant that moves scores finite and far', () => {
    const scores = scorer.score(seriesOf([...new Array(200).fill(10), 100])).scores;
    expect(scores[200]).toBeGreaterThan(6);
    expect(scores[200]).toBeLessThanOrEqual(100);
  });

  if (promises.band !== 'none')
    test('the band is where ±3 lies', () => {
      const values = noise(300, 7);
      // Some points within, and some beyond.
      for (let index = 252; index < 300; index += 7) values[index] = 10 + 5 * (-1) ** index;
      const { scores, expected, lower, upper } = scorer.score(seriesOf(values));
      for (let index = 250; index < 300; index++) {
        const [value = NAN, low = NAN, high = NAN] = [values[index], lower[index], upper[index]];
        if (promises.band === 'linear' || (promises.band === 'beyond' && (value < low || value > high))) {
          expect(scores[index]).toBeCloseTo((value - (expected[index] ?? NAN)) / ((high - low) / 6), 9);
        }
        expect(Math.abs(scores[index] ?? NAN) > 3).toBe(value < low || value > high);
      }
    });

  test('the same series gives the same scores again, and is left as it was', () => {
    const series = seriesOf(noise(300, 8));
    const before = series.values.slice();
    const first = scorer.score(series);
    expect(scorer.score(series)).toEqual(first);
    expect(series.values).toEqual(before);
  });

  if (promises.scaleInvariant)
    test('scores do not depend on the unit', () => {
      const values = noise(300, 9);
      const scores = scorer.score(seriesOf(values)).scores;
      for (const factor of [1e-9, 1024, 1e12]) {
        const scaled = scorer.score(seriesOf(values.map((value) => value * factor))).scores;
        expect(apart(scaled, scores)).toBeLessThan(1e-6);
      }
    });

  if (promises.shiftInvariant)
    test('scores do not depend on where zero is', () => {
      const values = noise(300, 10);
      const scores = scorer.score(seriesOf(values)).scores;
      for (const shift of [-10, 1e5]) {
        const shifted = scorer.score(seriesOf(values.map((value) => value + shift))).scores;
        expect(apart(shifted, scores)).toBeLessThan(1e-5);
      }
    });

  if (promises.excludesOwnPoint)
    test('a point is not part of its own baseline', () => {
      const values = noise(300, 11);
      const { expected, upper } = scorer.score(seriesOf(values));
      const other = scorer.score(seriesOf([...values.subarray(0, 299), 90]));
      expect([other.expected[299], other.upper[299]]).toEqual([expected[299], upper[299]]);
    });

  if (promises.calibrated)
    test.each([15_000, 60_000, 300_000])(
      'of normal noise, a point each %d ms, 0.1 to 0.6 % lies beyond ±3, in the warm-up and after it',
      (stepMs) => {
        const { online } = algorithm.create(parameters, { stepMs });
        if (online === undefined) throw new Error('a calibrated method must go online to be measured');
        const beyond = { early: 0, late: 0 };
        const scored = { early: 0, late: 0 };
        const out = emptyScore();
        for (let seed = 0; seed < 400; seed++) {
          const state = online.start({ stepMs, timesMs: new Float64Array(0), values: new Float64Array(0) });
          for (const [index, value] of noise(300, seed).entries()) {
            online.step(state, index * stepMs, value, out);
            if (Number.isNaN(out.score)) continue;
            const part = index < 60 ? 'early' : 'late';
            scored[part]++;
            if (Math.abs(out.score) > 3) beyond[part]++;
          }
        }
        for (const part of ['early', 'late'] as const) {
          expect(beyond[part] / scored[part]).toBeGreaterThan(0.001);
          expect(beyond[part] / scored[part]).toBeLessThan(0.006);
        }
      },
    );
});

describe.each(Object.entries(NULL_SHARES))('%s on data that are not normal', (name, shares) => {
  test.each(Object.entries(SHAPES))('has as many points of the shape %s beyond ±3 and ±6 as it says', (shape, draw) => {
    const online = ONLINE.find((one) => one.name === name)?.online;
    if (online === undefined) throw new Error(`${name} cannot go online`);
    const [said3, said6] = shares[shape as keyof typeof SHAPES];
    const { beyond3, beyond6 } = beyond(online, draw);
    // The printed figure to a fifth or a rounding.
    expect(Math.abs(beyond3 - said3)).toBeLessThan(0.15 + 0.2 * said3);
    expect(Math.abs(beyond6 - said6)).toBeLessThan(0.15 + 0.2 * said6);
  });
});

describe.each(ONLINE)('$name, point by point', ({ scorer, online }) => {
  const values = noise(600, 12);
  values[100] = NAN;
  values[450] = 90;

  test('agrees with scoring the whole series, after warm-up and from any start', () => {
    const whole = scorer.score(seriesOf(values));
    const series = seriesOf(values);
    for (const cut of [0, 1, 37, 300]) {
      const history = { stepMs: STEP_MS, timesMs: series.timesMs.slice(0, cut), values: series.values.slice(0, cut) };
      const rest = { stepMs: STEP_MS, timesMs: series.timesMs.slice(cut), values: series.values.slice(cut) };
      const stepped = stepThrough(online, online.start(history), rest);
      for (const column of ['scores', 'expected', 'lower', 'upper'] as const) {
        expect(stepped[column]).toEqual(whole[column].subarray(cut));
      }
    }
  });

  test('a stored state goes on where it was: a flat array is all there is', () => {
    const state = online.start(seriesOf(values.subarray(0, 300)));
    expect(state).toBeInstanceOf(Float64Array);
    const stored = Float64Array.from(state);
    const rest = seriesOf(values.subarray(300));
    expect(stepThrough(online, stored, rest)).toEqual(stepThrough(online, state, rest));
    expect(stored).toEqual(state);
  });

  test('a missing value does not change the state', () => {
    const state = online.start(seriesOf(values.subarray(0, 300)));
    const before = Float64Array.from(state);
    for (const value of [NAN, Number.POSITIVE_INFINITY]) online.step(state, 300 * STEP_MS, value, emptyScore());
    expect(state).toEqual(before);
  });

  test('two series of one scorer do not disturb each other', () => {
    const alone = stepThrough(online, online.start(seriesOf([])), seriesOf(values));
    const other = online.start(seriesOf([]));
    const state = online.start(seriesOf([]));
    const out = emptyScore();
    for (const [index, value] of values.entries()) {
      online.step(other, index, -1000 * value, emptyScore());
      online.step(state, index * STEP_MS, value, out);
      expect(out.score).toBe(alone.scores[index]);
    }
  });

  // Older Nodes do not count what was allocated.
  test.runIf(getHeapStatistics().total_allocated_bytes > 0)(
    'once compiled, a step allocates no object: at most what the machine boxes for a few numbers',
    () => {
      const steps = 100_000;
      const state = online.start(seriesOf(values));
      const out = emptyScore();
      const go = () => {
        for (let index = 0; index < steps; index++) online.step(state, index, values[index % 600] as number, out);
      };
      // The smallest typed array or two small objects a step would be more.
      const most = 128;
      let least = Number.POSITIVE_INFINITY;
      // When it is compiled, the machine decides; what allocates objects does so in every round.
      for (let round = 0; round < 60 && least >= most; round++) {
        const before = getHeapStatistics().total_allocated_bytes;
        go();
        least = Math.min(least, (getHeapStatistics().total_allocated_bytes - before) / steps);
      }
      expect(least).toBeLessThan(most);
    },
  );

  test('a step fills every field, whatever was in it', () => {
    const state = online.start(seriesOf(values.subarray(0, 300)));
    const copy = Float64Array.from(state);
    const fresh = emptyScore();
    const used = { score: 1, expected: 2, lower: 3, upper: 4, baselineCount: 5, baselineFromMs: 6, baselineToMs: 7 };
    for (const value of [NAN, 10]) {
      online.step(state, 300 * STEP_MS, value, fresh);
      online.step(copy, 300 * STEP_MS, value, used);
      expect(used).toEqual(fresh);
    }
  });
});
