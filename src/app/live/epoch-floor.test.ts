import { expect, test } from 'vitest';
import { createEpochFloor } from './epoch-floor.ts';

test('a term that the keeper has seen no higher one than may write', () => {
  const floor = createEpochFloor('watch');
  expect(floor.allows(1, 0)).toBe(true);
  expect(floor.allows(3, 3)).toBe(true);
  expect(floor.least).toBe(0);
});

test('where the lease counts anew, the next term is one above all that wrote', () => {
  const floor = createEpochFloor('watch');
  expect(floor.allows(1, 7)).toBe(false);
  expect(floor.least).toBe(8);
  expect(floor.allows(8, 7)).toBe(true);
});

test('who wrote and was overtaken does not lift itself, but says who it may be', () => {
  const floor = createEpochFloor('watch');
  floor.allows(8, 7);
  expect(() => floor.allows(8, 9)).toThrow(/another operator.*kubectl patch lease tidewatch-operator -n watch .*:9}}'/);
  expect(floor.least).toBe(0);
  const lifted = createEpochFloor('watch');
  lifted.allows(1, 7);
  lifted.allows(8, 7);
  expect(() => lifted.allows(8, 9)).toThrow(/another operator/);
  expect(lifted.least).toBe(8);
});

test('of two under different leases one goes on and one stops', () => {
  const [a, b] = [createEpochFloor('a'), createEpochFloor('b')];
  let keeper = 0;
  const begin = (floor: typeof a, epoch: number) => {
    if (!floor.allows(epoch, keeper)) return begin(floor, floor.least);
    keeper = epoch;
    return epoch;
  };
  let lifted = 0;
  let epochs: [number, number] = [1, 4];
  expect(() => {
    for (; lifted < 10; lifted++) epochs = [begin(a, epochs[0]), begin(b, epochs[1])];
  }).toThrow(/another operator/);
  expect(lifted).toBeLessThan(3);
});
