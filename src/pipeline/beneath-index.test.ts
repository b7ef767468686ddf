import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestBeneath } from '#model/denominator.ts';
import type { Labels } from '#model/series.ts';
import { createBeneathIndex } from './beneath-index.ts';

const labels = fc.record(
  {
    __name__: fc.constantFrom('requests', 'errors'),
    pod: fc.constantFrom('a', 'b'),
    route: fc.constantFrom('/', '/x'),
    // A name that every object has.
    constructor: fc.constantFrom('1', '2'),
  },
  { requiredKeys: ['__name__'] },
);

test('finds what a look at all of them finds, whatever came and went', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(8), of: fc.option(labels, { nil: undefined }) }), { maxLength: 30 }),
      fc.array(labels, { minLength: 1, maxLength: 10 }),
      (changes, asking) => {
        const index = createBeneathIndex<number>();
        const all = new Map<number, Labels>();
        for (const { id, of } of changes) {
          expect(of === undefined && index.remove(id)).toBe(of === undefined && all.has(id));
          all.delete(id);
          if (of === undefined) continue;
          index.add(id, of, id);
          all.set(id, of);
        }
        const listed = [...all].map(([id, own]) => ({ id, labels: own }));
        for (const series of asking) {
          for (const metricName of ['requests', 'errors']) {
            const expected = nearestBeneath({ metricName, min: 0 }, listed, series)?.id;
            expect(index.find(metricName, series)).toBe(expected);
          }
        }
      },
    ),
  );
});
