import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrollToRow, visibleRows } from './window.ts';

test('every row in view is drawn, and few that are not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400_000 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 0, max: 10_000 }),
      (scrollTop, height, count) => {
        const { first, end } = visibleRows(scrollTop, height, 36, count);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        expect(end - first).toBeLessThanOrEqual(height / 36 + 18);
        for (let row = 0; row < count; row += 97) {
          const inView = (row + 1) * 36 > scrollTop && row * 36 < scrollTop + height;
          if (inView) expect(row >= first && row < end).toBe(true);
        }
      },
    ),
  );
});

test('a row out of view is scrolled to by as little as it takes', () => {
  expect(scrollToRow(0, 100, 400, 40)).toBe(0);
  expect(scrollToRow(20, 100, 400, 40)).toBe(440);
  expect(scrollToRow(5, 100, 400, 40)).toBeUndefined();
});
