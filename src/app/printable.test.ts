import { expect, test } from 'vitest';
import { printable, printableLines } from './printable.ts';

test('what a terminal would obey is shown as a mark, line by line', () => {
  expect(printable('a\u001b[31mb\nc')).toBe('a\uFFFD[31mb\uFFFDc');
  expect(printableLines('a\u001b]0;owned\u0007\nb\r')).toBe('a\uFFFD]0;owned\uFFFD\nb\uFFFD');
});
