// Plain data of a YAML document, made as kubectl's reader makes them (sigs.k8s.io/yaml, an older YAML with merge keys).
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { type JsonValue, wholeNumber } from './schema/json-value.ts';

/** What aliases may add up to: a real file makes some dozens of them, and one of a few lines can mean billions. */
const MOST_ALIASED = 20_000;

/** What each alias stands for: the last anchor of its name before it. */
export type Anchored = ReadonlyMap<Alias, Node>;

/** Throws an Error that says why, of aliases without end and merges of what is no mapping. */
export function plainOf(document: Document, anchored: Anchored): JsonValue {
  const open = new Set<Node>();
  let aliased = 0;

  function follow(alias: Alias): Node {
    const node = anchored.get(alias);
    if (node === undefined) throw new Error(`Unresolved alias: ${alias.source}`);
    if (open.has(node)) throw new Error(`the anchor ${alias.source} holds itself`);
    return node;
  }

  function countAliased(): void {
    aliased++;
    if (aliased <= MOST_ALIASED) return;
    throw new Error(`Excessive alias count: they add up to more than ${MOST_ALIASED} values`);
  }

  /** `isAgain`: it stands elsewhere, too. */
  function plain(node: unknown, isAgain: boolean): JsonValue {
    if (isAgain) countAliased();
    if (isAlias(node)) return plain(follow(node), true);
    if (isScalar(node)) return typeof node.value === 'bigint' ? wholeNumber(node.value) : (node.value as JsonValue);
    if (!isMap(node) && !isSeq(node)) return null;
    open.add(node);
    const value = isMap(node)
      ? Object.fromEntries(entriesOf(node, isAgain))
      : node.items.map((item) => plain(item, isAgain));
    open.delete(node);
    return value;
  }

  /** The later one counts, whether it is written or merged: `{ a: 1, <<: { a: 2 } }` is 2 there. */
  function entriesOf(map: YAMLMap, isAgain: boolean): ReadonlyMap<string, JsonValue> {
    const entries = new Map<string, JsonValue>();
    for (const pair of map.items) {
      if (!isMerge(pair)) entries.set(keyOf(pair), plain(pair.value, isAgain));
      else for (const [key, value] of mergedOf(pair.value, isAgain)) entries.set(key, value);
    }
    return entries;
  }

  /** Of several, the first one counts. */
  function mergedOf(source: unknown, isAgain: boolean): ReadonlyMap<string, JsonValue> {
    const node = isAlias(source) ? follow(source) : source;
    const again = isAgain || isAlias(source);
    if (again) countAliased();
    if (isMap(node)) {
      open.add(node);
      const entries = entriesOf(node, again);
      open.delete(node);
      return entries;
    }
    if (!isSeq(node) || isAlias(source)) throw new Error('expected a mapping, or a list of them, to merge with <<');
    return new Map(node.items.toReversed().flatMap((item) => [...mergedOf(item, again)]));
  }

  return plain(document.contents, false);
}

/** Whether its key is `<<`: in quotes it is a name as any other. */
export function isMerge({ key }: Pair): boolean {
  return isMergeKey(key);
}

export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function keyOf({ key }: Pair): string {
  const value: unknown = isScalar(key) ? key.value : key;
  return value === null ? '' : String(value);
}
