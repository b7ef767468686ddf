import fc from 'fast-check';
import { expect, test } from 'vitest';
import { familyKey, type Labels, seriesKey } from '#model/series.ts';
import { namesByKey, namesByLabels } from './names.ts';
import { createTexts } from './texts.ts';

const name = fc.constantFrom('__name__', '__service', 'pod', 'quantile', 'reporter', 'constructor');
const value = fc.constantFrom('', 'a', 'a_p90', 'a_p99', '__name__');
const labels: fc.Arbitrary<Labels> = fc.dictionary(name, value);

test('two series or families have one name exactly when they have one key', () => {
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      for (const names of [namesByLabels(createTexts()), namesByKey()]) {
        const [seriesA, seriesB] = [names.hold(a), names.hold(b)];
        const [familyA, familyB] = [names.holdFamily(a, seriesA), names.holdFamily(b, seriesB)];
        expect(seriesA === seriesB).toBe(seriesKey(a) === seriesKey(b));
        expect(familyA === familyB).toBe(familyKey(a) === familyKey(b));
        expect(familyA === seriesA).toBe(familyKey(a) === seriesKey(a));
      }
    }),
  );
});

test('labels come back as they were, with what was said beside them, and leave no text behind', () => {
  fc.assert(
    fc.property(labels, (given) => {
      const texts = createTexts();
      const names = namesByLabels(texts);
      const [series, said] = [names.hold(given), names.holdSaid(given)];
      const held = [series, said, names.holdFamily(given, series), names.hold(given)];
      expect(names.labelsOf(series, said)).toEqual({ __name__: '', ...given });
      for (const number of held) names.drop(number);
      expect(texts.size).toBe(0);
    }),
  );
});
