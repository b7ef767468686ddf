import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { podShares } from './pod-shares.ts';
import { matchersOf, parsePromql, selectorsIn } from './promql-tree.ts';

/** The matchers of the label `pod`, of each selector. */
function podMatchers(promql: string) {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return selectorsIn(parsed).map((selector) =>
    matchersOf(parsed.promql, selector)
      .filter(({ label, operator }) => label === 'pod' && operator.includes('~'))
      .map(({ operator, value }) => ({ isIn: operator === '=~', pattern: new RegExp(`^(?:${value})$`) })),
  );
}

it.each([2, 3, 16, 36, 100])('each pod is in exactly one of %i shares, whatever it is called', (shares) => {
  const queries = podShares('sum by (pod) (rate(a{b="c"}[3m])) / sum by (pod) (d)', shares);
  expect(queries).toHaveLength(Math.min(shares, 36));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]*[a-z0-9]$/)), (pod) => {
      const within = queries.filter((query) =>
        podMatchers(query).every((matchers) => {
          expect(matchers).toHaveLength(1);
          return matchers.every(({ isIn, pattern }) => pattern.test(pod) === isIn);
        }),
      );
      expect(within).toHaveLength(1);
    }),
  );
});

it('one share is the query itself', () => {
  expect(podShares('up', 1)).toEqual(['up']);
});

it('the pods of a large Deployment are spread evenly', () => {
  const letters = [...'bcdfghjklmnpqrstvwxz2456789'];
  const counts = podShares('up', 8).map((query) => {
    const [[matcher] = []] = podMatchers(query);
    return letters.filter((letter) => matcher?.pattern.test(`web-5d9-abc${letter}`) === matcher?.isIn).length;
  });
  expect(counts.reduce((sum, count) => sum + count)).toBe(27);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

it.each(OBSERVED.filter(({ splitBy }) => splitBy === 'pod').map(({ promql }) => promql))('holds for %s', (promql) => {
  for (const query of podShares(promql, 4)) {
    const matchers = podMatchers(query);
    expect(matchers.length).toBeGreaterThan(0);
    for (const one of matchers) expect(one).toHaveLength(1);
  }
});
