import { expect, test } from 'vitest';
import { GUARD_PARAMS } from '#detect/index.ts';
import { fieldWords } from './field-words.ts';

test('a field is told with its sentence, its default and what is allowed', () => {
  const { summary } = GUARD_PARAMS.persistencePoints;
  expect(fieldWords('guards.persistence.points')).toBe(`${summary}. Default 1; a whole number from 1 to 1000.`);
  expect(fieldWords('guards.range.min')).toContain('No default; a number');
});

test('of a mapping there is its sentence alone', () => {
  expect(fieldWords('guards.calendar')).toMatch(/^[^;]+\.$/);
});

test('a path that leads nowhere is refused', () => {
  expect(() => fieldWords('guards.nothing')).toThrow('a detector has no field spec.guards.nothing');
});
