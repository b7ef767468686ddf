// The queries by which the pods of a detector are asked for: of the check that scores them, and of `validate`, which says before
// what that check will cost.
import { selectorQuery } from '#collect/prometheus/selector-query.ts';

export interface PodsOfMetric {
  readonly namespace: string;
  readonly metricName: string;
  /** Names; `any` is every pod of the namespace. */
  readonly pods: readonly string[] | 'any';
}

export interface PodsQuery {
  readonly promql: string;
  /** How many series that gives, in place of them. */
  readonly countPromql: string;
}

/** Letters of pods' names in one query: through the API server a query must fit into an address. */
const NAMES_PER_QUERY = 4000;

/** One query, or a few where there are many pods. */
export function podsQueries({ namespace, metricName, pods }: PodsOfMetric, rateWindowMs?: number): PodsQuery[] {
  const rated = rateWindowMs === undefined ? {} : { rateWindowMs };
  const chosen =
    pods === 'any'
      ? [{ label: 'pod', operator: '!=', value: '' } as const]
      : cutByLength(pods, NAMES_PER_QUERY).map((anyOf) => ({ label: 'pod', anyOf }));
  return chosen.map((pod) => {
    const matchers = [{ label: 'namespace', operator: '=', value: namespace } as const, pod];
    return {
      promql: selectorQuery({ metricName, matchers, ...rated }),
      countPromql: selectorQuery({ metricName, matchers, count: true }),
    };
  });
}

/** Pieces whose names have so many letters together at most; each has one name at least. */
function cutByLength(names: readonly string[], most: number): string[][] {
  const pieces: string[][] = [];
  let letters = Number.POSITIVE_INFINITY;
  for (const name of names) {
    letters += name.length + 1;
    if (letters > most) {
      pieces.push([]);
      letters = name.length + 1;
    }
    pieces.at(-1)?.push(name);
  }
  return pieces;
}
