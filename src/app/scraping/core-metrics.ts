// Which metrics are scraped often: those that the catalogue asks for, and no others. The one list, from which the relabel
// rules follow.
import { matchersOf, parsePromql, selectorsIn } from '#collect/prometheus/promql-tree.ts';
import { AppError } from '#kit/errors.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';

/** Names of series, sorted. */
export const CORE_METRICS: readonly string[] = [
  ...new Set(OBSERVED.flatMap(({ promql, declared }) => [promql, declared?.promql ?? promql].flatMap(namesIn))),
].sort();

/** Also those of a list in a pattern, as `__name__=~"a|b"`. */
function namesIn(query: string): string[] {
  const parsed = parsePromql(query);
  if ('problem' in parsed) throw new AppError('internal', parsed.problem);
  return selectorsIn(parsed).flatMap((selector) => {
    const name = selector.getChild('Identifier');
    if (name !== null) return [parsed.promql.slice(name.from, name.to)];
    const matched = matchersOf(parsed.promql, selector).find(({ label }) => label === '__name__');
    return matched?.value.split('|') ?? [];
  });
}
