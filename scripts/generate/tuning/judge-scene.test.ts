import { expect, test } from 'vitest';
import { duration, judgeScene, outcomeText, planOf } from './judge-scene.ts';
import { HOUR, makeSeries, type Shape } from './make-series.ts';

const SERIES: Shape = {
  ...{ seed: 1, what: 'a level', stepMs: HOUR, days: 4, level: 100, noise: 1e-9 },
  // Of noise there is next to none: a sigma is 1e-7.
  faults: [
    { kind: 'shift', at: [1, 0], hours: 4, size: 1e9 },
    { kind: 'shift', at: [2, 0], hours: 2, size: 2e8 },
  ],
  jobs: [{ hour: 12, hours: 3, size: 1e9, since: 3 }],
};
const BOUND = { method: 'static-threshold', threshold: 3, parameters: { above: 150 } };

test.each([
  [
    'one caught, one missed, a false alarm',
    [0, 0],
    undefined,
    {},
    'caught 1 of 2 at once, red for 4 h, 1 false, 3 h red beside',
  ],
  [
    'persistence delays',
    [0, 0],
    [3, 0],
    { persistence: { points: 3 } },
    'caught 1 of 2 after 2 h, red for 2 h, 0 false',
  ],
  ['what is not shown is not counted', [2, 12], [3, 0], {}, 'nothing to catch, 0 false'],
] as const)('%s', (_what, from, to, guards, text) => {
  const scene = { series: SERIES, from, ...(to !== undefined && { to }) };
  expect(outcomeText(judgeScene(scene, makeSeries(SERIES), { ...BOUND, guards }))).toBe(text);
});

test('a setting that no cluster would take is refused', () => {
  expect(() => planOf({ method: 'ema', parameters: { halfLifeMs: 1 } })).toThrow('halfLifeMs');
  expect(() => planOf({ method: 'nothing' })).toThrow('nothing');
});

test.each([
  [5 * 60_000, '5 min'],
  [1.54 * HOUR, '92 min'],
  [7.46 * HOUR, '7.5 h'],
  [30 * HOUR, '30 h'],
  [60 * HOUR, '2.5 d'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
