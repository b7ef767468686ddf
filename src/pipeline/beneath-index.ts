// Which series lies beneath another, as `nearestBeneath` finds it, without looking at all of them: series of a metric mostly
// have the same few sets of label names, and for each set it is one look-up whether there is one with the values asked for.
// Costs a look-up for each set, whatever number of series there is.
import { type Labels, metricNameOf } from '#model/series.ts';

interface Held<One> {
  readonly one: One;
  /** The order in which they came. */
  readonly since: number;
}

/** Series with the same label names, by their values. */
interface Shape<One> {
  readonly names: readonly string[];
  readonly byValues: Map<string, Map<number, Held<One>>>;
}

export interface BeneathIndex<One> {
  add(id: number, labels: Labels, one: One): void;
  /** Returns whether it was there. */
  remove(id: number): boolean;
  /** Of this metric the one of most labels that the series has with the same values; of as near ones the first that came. */
  find(metricName: string, series: Labels): One | undefined;
}

export function createBeneathIndex<One>(): BeneathIndex<One> {
  const labelsById = new Map<number, Labels>();
  const shapes = new Map<string, Map<string, Shape<One>>>();
  let came = 0;

  function remove(id: number): boolean {
    const labels = labelsById.get(id);
    if (labels === undefined) return false;
    labelsById.delete(id);
    const names = namesOf(labels);
    const ofMetric = shapes.get(metricNameOf(labels));
    const shape = ofMetric?.get(JSON.stringify(names));
    const values = valuesOf(names, labels);
    const same = shape?.byValues.get(values);
    same?.delete(id);
    if (same?.size === 0) shape?.byValues.delete(values);
    if (shape?.byValues.size === 0) ofMetric?.delete(JSON.stringify(names));
    return true;
  }

  return {
    remove,
    add(id, labels, one) {
      remove(id);
      labelsById.set(id, labels);
      const names = namesOf(labels);
      const ofMetric = getOrAdd(shapes, metricNameOf(labels), () => new Map<string, Shape<One>>());
      const { byValues } = getOrAdd(ofMetric, JSON.stringify(names), () => ({ names, byValues: new Map() }));
      getOrAdd(byValues, valuesOf(names, labels), () => new Map()).set(id, { one, since: came++ });
    },
    find(metricName, series) {
      let [nearest, most]: [Held<One> | undefined, number] = [undefined, -1];
      for (const { names, byValues } of shapes.get(metricName)?.values() ?? []) {
        if (names.length < most || !names.every((name) => Object.hasOwn(series, name))) continue;
        const [held] = byValues.get(valuesOf(names, series))?.values() ?? [];
        if (held === undefined) continue;
        if (names.length === most && nearest !== undefined && nearest.since < held.since) continue;
        [nearest, most] = [held, names.length];
      }
      return nearest?.one;
    },
  };
}

function namesOf(labels: Labels): string[] {
  return Object.keys(labels)
    .filter((name) => name !== '__name__')
    .sort();
}

function valuesOf(names: readonly string[], labels: Labels): string {
  return JSON.stringify(names.map((name) => labels[name]));
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
