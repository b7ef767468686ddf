import { expect, test } from 'vitest';
import { onceFor } from './once-for.ts';

test('a thing is made once for each key, and keys that look alike are two', () => {
  const asked: object[] = [];
  const thingOf = onceFor((key: { readonly name: string }) => {
    asked.push(key);
    return { of: key.name };
  });
  const [a, b] = [{ name: 'x' }, { name: 'x' }];
  expect(thingOf(a)).toBe(thingOf(a));
  expect(thingOf(b)).not.toBe(thingOf(a));
  expect(asked).toEqual([a, b]);
});

test('false is a thing as any: it is not made again', () => {
  let asked = 0;
  const isNone = onceFor((_: object) => {
    asked++;
    return false;
  });
  const key = {};
  expect([isNone(key), isNone(key), asked]).toEqual([false, false, 1]);
});

test('what could not be made is tried again', () => {
  let asked = 0;
  const thingOf = onceFor((_: object) => {
    asked++;
    if (asked === 1) throw new Error('not yet');
    return asked;
  });
  const key = {};
  expect(() => thingOf(key)).toThrow('not yet');
  expect(thingOf(key)).toBe(2);
});
