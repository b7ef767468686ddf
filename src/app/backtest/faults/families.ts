// The families of a history that detectors watch, with all that a fault needs to know of them: near copies of one thing move
// together, and make one finding together. A fault is put into a family, in each of its series by that one's own sigmas.
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { settingsKey } from '#detect/settings.ts';
import type { Finding } from '#model/finding.ts';
import { type Plan, planMatches } from '#model/plan.ts';
import type { Track } from '#model/score.ts';
import { familyKey, metricNameOf, type SeriesInfo, seriesKey } from '#model/series.ts';
import type { Injection } from '#stats/inject-faults.ts';
import { injectionOf } from '#stats/injection-of.ts';
import type { TapeReader } from '#tape/contract.ts';

export interface Member {
  readonly info: SeriesInfo;
  readonly key: string;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Worked out once, for all faults that are put into it. */
  readonly still: Omit<Injection, 'random'>;
}

/** A detector that looks at a family. */
export interface Looker {
  readonly detector: string;
  readonly plan: Plan;
  /** The same for detectors whose findings of the family are one. */
  readonly settings: string;
}

export interface Family {
  readonly key: string;
  /** The one with the most points comes first: faults are placed by it. */
  readonly members: readonly [Member, ...Member[]];
  readonly lookers: readonly Looker[];
  /** When all its detectors had begun to score. */
  readonly scoredFromMs: number;
  /** What was found without any fault. */
  readonly findings: readonly Finding[];
}

export interface CleanRun {
  readonly plans: readonly Plan[];
  readonly findings: readonly Finding[];
  /** Of each track, when it had its first score. */
  readonly firstScoreMs: ReadonlyMap<string, number>;
  readonly tracks: ReadonlyMap<string, Track>;
}

/** In the order of their keys. Holds every sample of what is watched. */
export async function readFamilies(reader: TapeReader, clean: CleanRun): Promise<readonly Family[]> {
  const watched = new Map<number, SeriesInfo>();
  for (const info of reader.info.series) {
    if (clean.plans.some((plan) => planMatches(plan, info.labels))) watched.set(info.id, info);
  }
  const columns = await readColumns(reader, watched);
  const all = [...columns].flatMap(([id, { times, values }]): Member[] => {
    const info = watched.get(id);
    if (info === undefined || times.length === 0) return [];
    const own = Float64Array.from(values);
    const still = injectionOf(metricNameOf(info.labels), info.stepMs, own);
    return [{ info, key: seriesKey(info.labels), timesMs: Float64Array.from(times), values: own, still }];
  });
  const findings = Map.groupBy(clean.findings, ({ family }) => family);
  return [...Map.groupBy(all, ({ info }) => familyKey(info.labels))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, members]) => {
      const [first, ...rest] = members.sort((a, b) => b.values.length - a.values.length || (a.key < b.key ? -1 : 1));
      if (first === undefined) return [];
      return [familyOf(key, [first, ...rest], clean, findings.get(key) ?? [])];
    });
}

function familyOf(key: string, members: Family['members'], clean: CleanRun, findings: readonly Finding[]): Family {
  const lookers = clean.plans
    .filter((plan) => members.some(({ info }) => planMatches(plan, info.labels)))
    .map((plan): Looker => ({ detector: plan.detector, plan, settings: settingsOf(plan) }));
  const firsts = lookers.flatMap(({ detector }) =>
    members.map((member) => clean.firstScoreMs.get(`${detector}|${member.key}`) ?? Number.NEGATIVE_INFINITY),
  );
  return { key, members, lookers, scoredFromMs: Math.max(...firsts), findings };
}

function settingsOf(plan: Plan): string {
  const registry: Readonly<Record<string, Algorithm>> = ALGORITHMS;
  const algorithm = registry[plan.algorithm];
  return algorithm === undefined ? '' : settingsKey(plan, algorithm);
}

async function readColumns(reader: TapeReader, watched: ReadonlyMap<number, SeriesInfo>) {
  const columns = new Map<number, { readonly times: number[]; readonly values: number[] }>();
  for (const id of watched.keys()) columns.set(id, { times: [], values: [] });
  for await (const signal of reader.signals()) {
    if (signal.kind !== 'frame') continue;
    for (let at = 0; at < signal.ids.length; at++) {
      const column = columns.get(signal.ids[at] as number);
      // As the engine does: what is not newer is left out.
      if (column === undefined || !(signal.timeMs > (column.times.at(-1) ?? Number.NEGATIVE_INFINITY))) continue;
      column.times.push(signal.timeMs);
      column.values.push(signal.values[at] as number);
    }
  }
  return columns;
}
