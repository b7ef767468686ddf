import { expect, test } from 'vitest';
import { medianDelay } from './answer-figures.ts';

test.each([
  [[], undefined],
  [[null, null], undefined],
  [[3, null, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('the median delay of %j is %s', (delays, median) => {
  expect(medianDelay(delays)).toBe(median);
});
