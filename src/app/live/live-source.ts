// What the page and /readyz are told of a live cluster: how far it is, what is watched, and what is stuck since when.
import type { Trouble } from '#api/rest/contract.ts';
import { liveState } from '#api/rest/live-state.ts';
import type { Source } from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import type { KubeRecord, Reflector } from '#kube/contract.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';

export interface LiveSourceOptions {
  readonly clock: Clock;
  readonly cluster: string;
  readonly prometheus: string;
  readonly stepMs: number;
  readonly status: () => ObserverStatus;
  readonly series: () => readonly SeriesInfo[];
  /** Watches by the plural of what they watch. */
  readonly watches: Readonly<Record<string, Pick<Reflector<KubeRecord>, 'status' | 'isSynced'>>>;
  readonly storedFromMs: () => number | undefined;
}

export interface LiveSource extends Source {
  changed(): void;
}

/** A watch hears at least a bookmark every minute; after three it is stuck. */
const STALLED_MS = 180_000;

export function createLiveSource(options: LiveSourceOptions): LiveSource {
  const { clock } = options;
  const listeners = new Set<() => void>();
  const since = new Map<string, number>();
  const startedMs = clock.nowMs();

  /** The trouble with the time since when it has been one. */
  const dated = (troubles: readonly Omit<Trouble, 'sinceMs'>[]): Trouble[] => {
    const kinds = new Set(troubles.map(({ kind, what }) => `${kind} ${what}`));
    for (const key of since.keys()) if (!kinds.has(key)) since.delete(key);
    return troubles.map((trouble) => {
      const key = `${trouble.kind} ${trouble.what}`;
      const sinceMs = since.get(key) ?? clock.nowMs();
      since.set(key, sinceMs);
      return { ...trouble, sinceMs };
    });
  };

  return {
    state() {
      const status = options.status();
      const failed = status.failure !== undefined;
      const { warming, newestMs, samples } = status;
      return liveState({
        nowMs: clock.nowMs(),
        state: failed ? 'failed' : warming ? 'warming' : 'live',
        progress: warming ? 0 : null,
        message: failed ? messageOf(status.failure) : null,
        storedFromMs: options.storedFromMs(),
        newestMs: Number.isNaN(newestMs) ? undefined : newestMs,
        samplesPerSecond: Math.round((samples / Math.max(1, clock.nowMs() - startedMs)) * 1000),
        droppedSamples: 0,
        live: {
          cluster: options.cluster,
          prometheus: options.prometheus,
          series: status.series,
          stepMs: options.stepMs,
          troubles: dated([...watchTroubles(options, clock.nowMs()), ...queryTroubles(options, status)]),
        },
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    series: options.series,
    changed() {
      for (const listener of listeners) listener();
    },
  };
}

function watchTroubles({ watches }: LiveSourceOptions, nowMs: number): Omit<Trouble, 'sinceMs'>[] {
  return Object.entries(watches).flatMap(([kind, watch]): Omit<Trouble, 'sinceMs'>[] => {
    const { trouble, lastProgressMs } = watch.status();
    if (trouble !== undefined) {
      const missing = /may not|forbidden/i.test(trouble);
      const remedy = missing
        ? 'Grant the right that is named.'
        : 'Look whether the API server is up; it is tried again.';
      return [
        { kind: missing ? 'right-missing' : 'api-server-away', what: trouble, remedy, blocking: !watch.isSynced },
      ];
    }
    if (watch.isSynced && nowMs - lastProgressMs > STALLED_MS) {
      const what = `the watch of ${kind} has said nothing for minutes`;
      return [{ kind: 'watch-stalled', what, remedy: 'It is connected again by itself.', blocking: true }];
    }
    return [];
  });
}

function queryTroubles({ prometheus }: LiveSourceOptions, status: ObserverStatus): Omit<Trouble, 'sinceMs'>[] {
  const [first] = status.troubles;
  if (first !== undefined) {
    const others = status.troubles.length > 1 ? ` (and ${status.troubles.length - 1} more queries)` : '';
    const what = `${first.metricName}: ${first.message}${others}`;
    const remedy = 'It is asked again each minute, for all that was missed. Is the address right? --prometheus URL';
    return [{ kind: first.code === 'unavailable' ? 'prometheus-away' : 'other', what, remedy, blocking: false }];
  }
  if (!status.warming && status.series === 0) {
    const what = `${prometheus} has none of the metrics that every cluster has`;
    const remedy = 'Does it scrape the kubelets (cAdvisor) and kube-state-metrics? Another one: --prometheus URL';
    return [{ kind: 'nothing-found', what, remedy, blocking: false }];
  }
  return [];
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
