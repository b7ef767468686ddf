import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeap } from './heap.ts';

const byNumber = (a: number, b: number) => a - b;

test('what goes in comes out in order, also after some were let go', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (first, second) => {
      const heap = createHeap(byNumber);
      for (const item of first) heap.push(item);
      heap.keep((item) => item % 2 === 0);
      for (const item of second) heap.push(item);
      const out = Array.from({ length: heap.size }, () => heap.pop());
      expect(out).toEqual([...first.filter((item) => item % 2 === 0), ...second].sort(byNumber));
      expect(heap.pop()).toBeUndefined();
      expect(heap.peek()).toBeUndefined();
    }),
  );
});
