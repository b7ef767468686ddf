// What the keeper's page shows beside the store: the operator's last report, which is all that the keeper knows of the
// cluster. When none came for a while the page says so, with since when, and shows what is stored all the same.
import type { KeeperFacts } from '#api/grpc/keeper-facts.ts';
import type { ScrapeTargets, Trouble } from '#api/rest/contract.ts';
import { liveState } from '#api/rest/live-state.ts';
import type {
  DetectorList,
  DetectorStates,
  ScrapeTargetList,
  ServiceDirectory,
  Source,
} from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import type { SeriesInfo } from '#model/series.ts';

export interface KeeperSourceOptions {
  readonly clock: Clock;
  /** What the cluster is called as long as nobody has reported. */
  readonly cluster: string;
  /** The oldest that the store keeps. */
  storedFromMs(): number | undefined;
  /** Of the keeper itself. */
  troubles?(): readonly Trouble[];
}

export interface KeeperSource extends Source {
  report(facts: KeeperFacts): void;
  changed(): void;
  /** When the last report came; undefined before the first. */
  readonly reportedMs: number | undefined;
  readonly services: ServiceDirectory;
  readonly detectors: DetectorList;
  readonly detectorStates: DetectorStates;
  readonly scrapeTargets: ScrapeTargetList;
  /** Undefined before the first report: nobody may take that for none. */
  knownTargets(): ScrapeTargets | undefined;
}

/** A report comes every few seconds, and another operator takes over within half a minute. */
export const AWAY_MS = 120_000;
const REMEDY =
  'kubectl get pods -l app.kubernetes.io/component=operator -A shows whether one runs; its log says why not.';

export function createKeeperSource(options: KeeperSourceOptions): KeeperSource {
  const { clock } = options;
  const startedMs = clock.nowMs();
  const listeners = new Set<() => void>();
  let last:
    | { readonly facts: KeeperFacts; readonly unscored: readonly SeriesInfo[]; readonly atMs: number }
    | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const away = (): Trouble[] => {
    const sinceMs = last?.atMs ?? startedMs;
    if (clock.nowMs() - sinceMs < AWAY_MS) return [];
    const what = 'operator-away: no operator has reported, so nothing new is observed';
    return [{ kind: 'other', what, sinceMs, remedy: REMEDY, blocking: false }];
  };
  const cut = (): Trouble[] => {
    const { detectors = 0, services = 0, scrapeTargets = 0 } = last?.facts.leftOut ?? {};
    if (last === undefined || detectors + services + scrapeTargets === 0) return [];
    const lists = `${detectors} detectors, ${services} services and ${scrapeTargets} scrape targets`;
    const what = `report-cut: the cluster is too large for one report, so that ${lists} are not shown`;
    const remedy = 'They are watched and scored all the same: kubectl get anomalydetectors -A shows every detector.';
    return [{ kind: 'other', what, sinceMs: last.atMs, remedy, blocking: false }];
  };
  const find = (name: string) => {
    const found = last?.facts.services.filter((service) => service.name === name) ?? [];
    const { services: leftOut = 0 } = last?.facts.leftOut ?? {};
    return last === undefined || (found.length === 0 && leftOut > 0) ? undefined : found;
  };
  return {
    get reportedMs() {
      return last?.atMs;
    },
    state() {
      const { facts } = last ?? {};
      const troubles = [...(options.troubles?.() ?? []), ...away(), ...(facts?.live.troubles ?? []), ...cut()];
      const nothing = { cluster: options.cluster, prometheus: null, series: 0, stepMs: 60_000 };
      return liveState({
        nowMs: clock.nowMs(),
        state: facts?.state ?? (troubles.length > 0 ? 'live' : 'warming'),
        progress: facts === undefined && troubles.length === 0 ? 0 : (facts?.progress ?? null),
        message: facts?.message ?? null,
        storedFromMs: options.storedFromMs(),
        newestMs: facts?.newestMs ?? undefined,
        samplesPerSecond: facts?.samplesPerSecond ?? 0,
        droppedSamples: facts?.droppedSamples ?? 0,
        live: { ...(facts?.live ?? nothing), troubles },
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // What is watched and not scored yet the operator knows; what was scored the store knows.
    series: () => last?.unscored ?? [],
    report(facts) {
      // Their numbers are of use within a stream of signals only.
      const unscored = facts.unscored.map((series, id) => ({ id, ...series }));
      last = { facts, unscored, atMs: clock.nowMs() };
      tell();
    },
    changed: tell,
    services: { find },
    scrapeTargets: { list: () => last?.facts.scrapeTargets ?? [] },
    knownTargets: () => last?.facts.scrapeTargets,
    detectors: { list: () => last?.facts.detectors.map(({ pods: _, ...view }) => view) ?? [] },
    detectorStates: {
      selecting: (namespace, pods) =>
        (last?.facts.detectors ?? [])
          .filter((one) => one.namespace === namespace && pods.some((pod) => one.pods.includes(pod)))
          .map(({ name, state }) => ({ detector: `${namespace}/${name}`, state })),
    },
  };
}
