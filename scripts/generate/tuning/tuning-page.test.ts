import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS, GUARD_PARAMS } from '#detect/index.ts';
import { drawGuard, drawMethod, drawParam } from './draw-scene.ts';
import { type Judged, outcomeText } from './judge-scene.ts';
import type { MethodScenes } from './scene.ts';
import { GUARDS } from './scenes/guards.ts';
import { SCENES } from './scenes/index.ts';
import { tuningFiles } from './tuning-page.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const MOST_BYTES = 1_500_000;
/** Drawing all takes seconds where nothing else runs. */
const SLOW_MS = 120_000;

const METHODS: readonly (readonly [string, Algorithm, MethodScenes])[] = Object.entries(SCENES).map(
  ([name, scenes]) => [name, ALGORITHMS[name as keyof typeof ALGORITHMS], scenes],
);
const PARAMS = METHODS.flatMap(([name, algorithm, scenes]) =>
  Object.entries(scenes.params).map(([key, scene]) => [`${name}.${key}`, key, algorithm, scenes, scene] as const),
);

const missed = ({ faults }: Judged) => faults.filter(({ delayMs }) => delayMs === undefined).length;

test('each method of the registry has its scenes, and each of its parameters a picture', () => {
  expect(Object.keys(SCENES)).toEqual(Object.keys(ALGORITHMS));
  for (const [name, algorithm, scenes] of METHODS) {
    expect(Object.keys(scenes.params).sort(), name).toEqual(Object.keys(algorithm.params).sort());
  }
});

test('the threshold, each declared guard and those of the resource alone have a picture', () => {
  const names = ['threshold', ...Object.keys(GUARD_PARAMS), 'calendar', 'denominator'];
  expect(Object.keys(GUARDS).sort()).toEqual(names.sort());
});

describe.each(METHODS)('%s', (_name, algorithm, scenes) => {
  test('catches all faults of the series that suits it, and raises no false alarm there', { timeout: SLOW_MS }, () => {
    const [panel] = drawMethod(algorithm, scenes, 'shines').panels;
    expect(panel?.judged.faults.length).toBeGreaterThan(0);
    expect(missed(panel?.judged as Judged)).toBe(0);
    expect(panel?.judged.falseAlarms).toBe(0);
  });

  test('fails where the guide says that it does', { timeout: SLOW_MS }, () => {
    const [panel] = drawMethod(algorithm, scenes, 'fails').panels;
    const judged = panel?.judged as Judged;
    expect(scenes.fails.shows === 'miss' ? missed(judged) : judged.falseAlarms).toBeGreaterThan(0);
  });
});

test.each(PARAMS)('%s is drawn below, at and above its default', (_name, key, { params }, _scenes, { values }) => {
  const param = params[key];
  expect(values.length).toBeGreaterThan(0);
  if (param?.kind !== 'number' || param.default === undefined) return;
  const usual = param.default;
  const at = values.map(Number);
  expect(param.min === usual || at.some((value) => value < usual), 'a lower one').toBe(true);
  expect(param.max === usual || at.some((value) => value > usual), 'a higher one').toBe(true);
  expect(at).not.toContain(usual);
});

test.each(PARAMS)('%s changes what one sees', { timeout: SLOW_MS }, (_name, key, algorithm, scenes, scene) => {
  const { panels, markup, alt } = drawParam(algorithm, scenes, key, scene);
  const seen = panels.map(({ judged: { findings, faults } }) => JSON.stringify([findings, faults]));
  // A seed should change nothing of what is caught, and that is what its picture is there for.
  const caught = panels.map(({ outcome }) => outcome.replace(/red for [^,]+, /, ''));
  if (key === 'seed') expect(new Set(caught).size).toBe(1);
  else expect(new Set(seen).size).toBeGreaterThan(1);
  // What is said of a panel is what was counted in it.
  for (const { judged, name } of panels) {
    expect(alt).toContain(`${outcomeText(judged)}`);
    expect(markup).toContain(`>${name}<`);
  }
});

test.each(Object.entries(GUARDS))('the guard %s changes what is found', { timeout: SLOW_MS }, (name, scene) => {
  const outcomes = drawGuard(name, scene).panels.map(({ outcome }) => outcome);
  expect(new Set(outcomes).size).toBeGreaterThan(1);
});

describe('the guide', () => {
  const tuning = { algorithms: ALGORITHMS, scenes: SCENES, guards: GUARDS };

  test('has a section for each method with what it is good and bad for', { timeout: SLOW_MS }, () => {
    const files = tuningFiles(tuning);
    const page = files['docs/guides/tuning.md'] ?? '';
    for (const { name, shines, fails, params } of Object.values(ALGORITHMS) as readonly Algorithm[]) {
      expect(page).toContain(`\n### ${name}\n`);
      // Sentences, each with its end.
      expect(shines).toMatch(/^[A-Z0-9].+\.$/);
      expect(fails).toMatch(/^[A-Z0-9].+\.$/);
      expect(page).toContain(shines);
      expect(page).toContain(fails);
      for (const key of Object.keys(params)) expect(page).toContain(`(../pictures/tuning/${name}/${key}.svg)`);
    }
  });

  test('has all its pictures in the repository and no other, small enough to be read on the road', () => {
    const there = globSync('docs/pictures/tuning/**/*.svg', { cwd: ROOT });
    const files = Object.keys(tuningFiles(tuning)).filter((path) => path.endsWith('.svg'));
    expect(there.map((path) => path.replaceAll('\\', '/')).sort()).toEqual(files.sort());
    const bytes = there.reduce((sum, path) => sum + readFileSync(join(ROOT, path)).length, 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  test('is refused where a method, a parameter or a guard of its table is not there', () => {
    const { ema, ...without } = ALGORITHMS;
    expect(() => tuningFiles({ ...tuning, algorithms: without })).toThrow('there is no method ema');
    const bare = { ...ema, params: {} };
    expect(() => tuningFiles({ ...tuning, algorithms: { ...ALGORITHMS, ema: bare } })).toThrow(
      'ema has no parameter halfLifeMs',
    );
    const { calendar, ...guards } = GUARDS;
    expect(calendar).toBeDefined();
    expect(() => tuningFiles({ ...tuning, guards })).toThrow('there is no guard calendar');
  });
});
