// The areas, against the authors' own implementation (test/reference/detect/vus_golden.py), and what golden files cannot say.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { labelsOf } from './runs.ts';
import { type Areas, areasOf } from './vus.ts';

interface Case extends Areas {
  readonly name: string;
  readonly runs: readonly [number, number][];
  readonly window: number;
  readonly scores: readonly number[];
}

const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../test/reference/detect/golden/vus.json', import.meta.url), 'utf8'),
);

function labelled(runs: readonly [number, number][], count: number): Uint8Array {
  return labelsOf(
    runs.map(([first, last]) => ({ first, last })),
    count,
  );
}

test.each(CASES.map((one) => [one.name, one] as const))('as the reference: %s', (_, one) => {
  const areas = areasOf(labelled(one.runs, one.scores.length), Float64Array.from(one.scores), one.window);
  for (const name of ['vusPr', 'vusRoc', 'aucPr', 'aucRoc'] as const) expect(areas[name]).toBeCloseTo(one[name], 10);
});

test('without an anomaly, or with nothing else, there is no area', () => {
  const scores = Float64Array.from({ length: 50 }, (_, i) => i);
  expect(areasOf(new Uint8Array(50), scores).vusPr).toBeNaN();
  expect(areasOf(new Uint8Array(50).fill(1), scores).vusPr).toBeNaN();
});

test('the scale of a score does not matter, its order does', () => {
  const random = createRng(7);
  const scores = Float64Array.from({ length: 2000 }, () => random.uniform());
  const labels = labelled([[300, 340]], 2000);
  expect(areasOf(labels, scores.map(Math.sqrt)).vusPr).toBeCloseTo(areasOf(labels, scores).vusPr, 12);
  const better = scores.map((score, i) => (labels[i] === 1 ? score + 1 : score));
  expect(areasOf(labels, better).vusPr).toBeGreaterThan(areasOf(labels, scores).vusPr + 0.3);
});
