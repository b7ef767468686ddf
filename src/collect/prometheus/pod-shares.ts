// One query as several, each over some of the pods, for a cluster with more of them than one answer may hold. The last
// letter of its name decides: every pod has one, the names that Kubernetes gives spread evenly over them, and nobody has
// to know which namespaces there are, or to split the one that is too large by itself.
import { AppError } from '#kit/errors.ts';
import { quotePromql } from './promql-text.ts';
import { parsePromql, withMatchers } from './promql-tree.ts';

/** First the letters that names are made up of (`k8s.io/apimachinery/pkg/util/rand`), then the rest. */
const LETTERS = [...'bcdfghjklmnpqrstvwxz2456789', ...'013aeiouy'];

/** Queries that together give what this one gives, no series twice. At most as many as there are letters. */
export function podShares(promql: string, shares: number): readonly string[] {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) throw new AppError('internal', parsed.problem);
  const count = Math.min(shares, LETTERS.length);
  const ofShare = (share: number) => LETTERS.filter((_, index) => index % count === share).join('');
  return Array.from({ length: count }, (_, share) => {
    // The last takes what is left, so that nothing falls between them.
    const others = Array.from({ length: count - 1 }, (_, other) => ofShare(other)).join('');
    const isLast = share === count - 1;
    const own = isLast ? `pod!~${quotePromql(`.*[${others}]`)}` : `pod=~${quotePromql(`.*[${ofShare(share)}]`)}`;
    if (count === 1) return promql;
    return withMatchers(parsed, (matchers) => [...matchers.map(({ text }) => text), own]);
  });
}
