import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTuples } from './tuples.ts';

const row = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 3 });

test('however rows are held and dropped, each is known by one number for as long as somebody holds it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), row), { maxLength: 300 }), (calls) => {
      const tuples = createTuples();
      const held = new Map<string, { number: number; holders: number }>();
      for (const [kind, words] of calls) {
        const key = words.join();
        const known = held.get(key);
        if (kind > 0) {
          const number = tuples.hold(words);
          if (known !== undefined) expect(number).toBe(known.number);
          held.set(key, { number, holders: (known?.holders ?? 0) + 1 });
        } else if (known !== undefined) {
          known.holders--;
          expect(tuples.drop(known.number)).toEqual(known.holders === 0 ? words : undefined);
          if (known.holders === 0) held.delete(key);
        }
      }
      expect(new Set([...held.values()].map(({ number }) => number)).size).toBe(held.size);
      for (const [key, { number, holders }] of held) {
        expect([tuples.wordsOf(number).join(), tuples.holders(number)]).toEqual([key, holders]);
      }
    }),
  );
});

test('numbers of rows that are gone are given again, so that coming and going takes no more room', () => {
  const tuples = createTuples();
  const numbers = new Set<number>();
  for (let round = 0; round < 1000; round++) {
    const number = tuples.hold([round, round + 1]);
    numbers.add(number);
    tuples.drop(number);
  }
  expect([...numbers]).toEqual([0]);
});
