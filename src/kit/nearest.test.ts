import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

/** The textbook's recursion, a letter at a time: slow and plain. */
function plainDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const change = plainDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
  return a[0] === b[0] ? change : Math.min(change, plainDistance(a.slice(1), b) + 1, plainDistance(a, b.slice(1)) + 1);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('the nearest known name', () => {
  it.each([
    ['a typo', 'service/shop/card', ['service/shop/frontend', 'service/shop/cart'], 'service/shop/cart'],
    ['another case', 'OverView', ['overview'], 'overview'],
    ['a tie: the first', 'ab', ['ac', 'ad'], 'ac'],
    ['nothing near', 'zzzz', ['overview'], undefined],
    ['the same name, before anything near it', 'cart', ['card', 'cart', 'part'], 'cart'],
  ])('is found for %s', (_, name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it('is the one that the plain definition gives', () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 5 }), (name, known) => {
        const bound = Math.max(1, Math.floor(name.length * 0.4));
        const away = known.map((candidate) => plainDistance(name, candidate));
        const least = Math.min(...away);
        expect(nearest(name, known)).toBe(least <= bound ? known[away.indexOf(least)] : undefined);
      }),
    );
  });

  it('is not looked for when the name is longer than any name is', () => {
    const name = 'x'.repeat(8000);
    expect(nearest(name, [name])).toBeUndefined();
  });

  it('compares only so many names, however many there are', () => {
    let compared = 0;
    const name = counting('cart', () => compared++);
    nearest('card', Array(50_000).fill(name));
    expect(compared).toBeLessThanOrEqual(2000 * 'card'.length * 'cart'.length);
  });

  it('looks along the diagonal of two long names, not at each letter of one for each of the other', () => {
    let looks = 0;
    const length = 395;
    const name = counting('ab'.repeat(200).slice(0, length), () => looks++);
    // The first letter is another one, so that at least one changes at any length.
    nearest(`x${'ab'.repeat(200).slice(1, length)}`, [name]);
    expect(looks).toBeGreaterThan(length);
    expect(looks).toBeLessThan(length * 2 * 14);
  });
});

/** A name that tells how often one of its letters is looked at. */
function counting(name: string, onLook: () => void): string {
  const letters = new Proxy(Object(name) as object, {
    get(text, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) onLook();
      return Reflect.get(text, key, text);
    },
  });
  return { length: name.length, toLowerCase: () => letters } as unknown as string;
}
