import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRing, type Ring } from './ring.ts';

const pairs = (ring: Ring) =>
  Array.from({ length: ring.length }, (_, index) => [ring.timeAt(index), ring.valueAt(index)]);

it('holds the newest in the order of their times, however many came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.double()), (capacity, values) => {
      const ring = createRing(capacity);
      values.forEach((value, index) => {
        ring.push(index * 10, value);
      });
      const all = values.map((value, index) => [index * 10, value]);
      expect(pairs(ring)).toEqual(all.slice(-capacity));
    }),
  );
});

it('a clock that is set back begins again from there: times always ascend, and the newest is the last that came', () => {
  const sample = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.double());
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
      const ring = createRing(7);
      for (const [timeMs, value] of samples) ring.push(timeMs, value);
      const times = pairs(ring).map(([timeMs]) => timeMs);
      expect(times).toEqual([...new Set(times)].sort((a = 0, b = 0) => a - b));
      expect(pairs(ring).at(-1)).toEqual(samples.at(-1));
    }),
  );
});

it('has nothing beyond its ends', () => {
  const ring = createRing(3);
  expect(ring.timeAt(-1)).toBeNaN();
  ring.push(1, 2);
  expect(ring.valueAt(1)).toBeNaN();
});
