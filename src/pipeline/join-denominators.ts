// Puts beside each sample what lies beneath it (requests a second beneath an error ratio), where a plan asks for that, before
// a tick is shared out: ratio and requests are of two families, and so of two partitions. What is found follows from the
// times of the samples alone. Costs nothing where no plan asks.
import { type Denominator, valueBeneath } from '#model/denominator.ts';
import { type Plan, planMatches } from '#model/plan.ts';
import { type Labels, metricNameOf, type SeriesInfo } from '#model/series.ts';
import { type BeneathIndex, createBeneathIndex } from './beneath-index.ts';
import type { PartitionRecord } from './records.ts';
import type { SplitTick } from './split.ts';

/** Samples of a denominator that are held between ticks: the newest of them is what counts. */
const KEPT = 16;

interface Beneath {
  readonly metricName: string;
  timesMs: number[];
  values: number[];
}

interface Guarded {
  readonly id: number;
  readonly labels: Labels;
  readonly stepMs: number;
  /** That its plans ask for. */
  readonly denominators: readonly Denominator[];
  /** By the denominator's name. */
  readonly found: Map<string, Found>;
}

interface Found {
  /** Undefined: there is none. */
  readonly one: Beneath | undefined;
  /** How often series of that name had come or gone then: with another count it is looked for anew. */
  readonly changes: number;
}

/** The series that are denominators. */
interface Denominators {
  readonly byId: Map<number, Beneath>;
  readonly index: BeneathIndex<Beneath>;
  /** How often series came or went, by their name. */
  readonly changes: Map<string, number>;
}

/** Told of each sample that a plan asks beneath: NaN where nobody knows how much there is. */
export type LookBeneath = (series: Pick<SeriesInfo, 'id' | 'labels'>, metricName: string, value: number) => void;

/** Completes ticks of these plans; each must be given in its order, for what came before is remembered. */
export function joinDenominators(plans: readonly Plan[], look?: LookBeneath): (split: SplitTick) => SplitTick {
  const asking = plans.filter(({ guards }) => guards.denominator !== undefined);
  if (asking.length === 0) return (split) => split;
  const names = new Set(asking.flatMap(({ guards }) => guards.denominator?.metricName ?? []));
  const beneath: Denominators = { byId: new Map(), index: createBeneathIndex(), changes: new Map() };
  const guarded = new Map<number, Guarded>();

  function know({ id, labels, stepMs }: SeriesInfo): void {
    const own = asking.filter((plan) => planMatches(plan, labels));
    const denominators = own.flatMap(({ guards }) => guards.denominator ?? []);
    if (denominators.length > 0) guarded.set(id, { id, labels, stepMs, denominators, found: new Map() });
    const metricName = metricNameOf(labels);
    if (!names.has(metricName)) return;
    const one: Beneath = { metricName, timesMs: [], values: [] };
    beneath.byId.set(id, one);
    beneath.index.add(id, labels, one);
    countChange(beneath, metricName);
  }

  function collect({ samples }: PartitionRecord): void {
    for (let row = 0; row < samples.ids.length; row++) {
      const one = beneath.byId.get(samples.ids[row] as number);
      if (one === undefined || !((samples.timesMs[row] as number) > (one.timesMs.at(-1) ?? Number.NEGATIVE_INFINITY)))
        continue;
      one.timesMs.push(samples.timesMs[row] as number);
      one.values.push(samples.values[row] as number);
    }
  }

  function columnsOf({ samples }: PartitionRecord): ReadonlyMap<string, Float64Array> | undefined {
    const columns = new Map<string, Float64Array>();
    for (let row = 0; row < samples.ids.length; row++) {
      const series = guarded.get(samples.ids[row] as number);
      if (series === undefined) continue;
      for (const denominator of series.denominators) {
        const { metricName } = denominator;
        const column = columns.get(metricName) ?? new Float64Array(samples.ids.length).fill(Number.NaN);
        columns.set(metricName, column);
        const one = beneathOf(series, denominator, beneath);
        if (one !== undefined)
          column[row] = valueBeneath(one.timesMs, one.values, samples.timesMs[row] as number, series.stepMs);
        look?.(series, metricName, column[row] as number);
      }
    }
    return columns.size === 0 ? undefined : columns;
  }

  return (split) => {
    const all = [...split.records.values()];
    for (const { series } of all) for (const info of series) know(info);
    for (const record of all) collect(record);
    const records = new Map<number, PartitionRecord>();
    for (const [partition, record] of split.records) {
      const columns = columnsOf(record);
      records.set(partition, columns === undefined ? record : { ...record, beneath: columns });
    }
    for (const one of beneath.byId.values()) {
      one.timesMs = one.timesMs.slice(-KEPT);
      one.values = one.values.slice(-KEPT);
    }
    for (const { gone } of all)
      for (const id of gone) {
        guarded.delete(id);
        forget(id, beneath);
      }
    return { ...split, records };
  };
}

function forget(id: number, beneath: Denominators): void {
  const one = beneath.byId.get(id);
  if (one === undefined) return;
  beneath.byId.delete(id);
  beneath.index.remove(id);
  countChange(beneath, one.metricName);
}

function countChange({ changes }: Denominators, metricName: string): void {
  changes.set(metricName, (changes.get(metricName) ?? 0) + 1);
}

function beneathOf(
  { labels, found }: Guarded,
  { metricName }: Denominator,
  { index, changes: all }: Denominators,
): Beneath | undefined {
  const changes = all.get(metricName) ?? 0;
  const known = found.get(metricName);
  if (known?.changes === changes) return known.one;
  const one = index.find(metricName, labels);
  found.set(metricName, { one, changes });
  return one;
}
