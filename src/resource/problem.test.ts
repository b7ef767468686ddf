import { expect, test } from 'vitest';
import { pathText, problemText, shown } from './problem.ts';

test('a path is told as its author writes it, with keys that are no plain words in quotes', () => {
  expect(pathText(['spec', 'metrics', 0, 'query'])).toBe('spec.metrics[0].query');
  expect(pathText(['metadata', 'labels', 'app.io/name'])).toBe('metadata.labels["app.io/name"]');
  expect(pathText([])).toBe('');
});

test('a problem is told with its place, and one of the whole document without', () => {
  expect(problemText({ path: ['spec', 'metrics', 0], message: 'is missing' })).toBe('spec.metrics[0]: is missing');
  expect(problemText({ path: 'spec.metrics[0]', message: 'is missing' })).toBe('spec.metrics[0]: is missing');
  expect(problemText({ path: [], message: 'is empty' })).toBe('is empty');
  expect(problemText({ path: '', message: 'is empty' })).toBe('is empty');
});

test('a value is told short, and a text apart from a number', () => {
  expect([3, '3', null, [], {}, [1], { a: 1 }].map(shown)).toEqual([
    ...['3', 'the text "3"', 'nothing (null)', 'an empty list', 'an empty mapping', 'a list of 1', 'a mapping of 1'],
  ]);
  expect(shown('x'.repeat(61))).toBe(`the text "${'x'.repeat(57)}…"`);
});
