// Series that would stand in a list under the same words are told apart by what differs between them.
import type { TrackView } from '#api/rest/contract.ts';

type Named = Pick<TrackView, 'track' | 'metric' | 'labels' | 'entity'>;

/** By track, as `name=value`: what differs among those that `nameOf` calls the same; of a name that is there once, nothing. */
export function differencesOf<T extends Named>(
  tracks: readonly T[],
  nameOf: (track: T) => string,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const same of Map.groupBy(tracks, nameOf).values()) {
    if (same.length === 1) continue;
    const facts = same.map(factsOf);
    const names = [...new Set(facts.flatMap((own) => Object.keys(own)))];
    const differ = names.filter((name) => new Set(facts.map((own) => own[name])).size > 1);
    for (const [index, { track }] of same.entries()) {
      const own = facts[index] ?? {};
      found.set(
        track,
        differ.flatMap((name) => (own[name] === undefined ? [] : [`${name}=${own[name]}`])),
      );
    }
  }
  return found;
}

/** Labels, and what may not be among them. */
function factsOf({ metric, entity, labels }: Named): Readonly<Record<string, string>> {
  const { __name__: _, ...rest } = labels;
  return { metric, kind: entity.kind, namespace: entity.namespace, ...rest };
}
