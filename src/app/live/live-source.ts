// What the page and /readyz are told of a live cluster: how far it is, what is watched, and what is stuck since when.
import type { Trouble } from '#api/rest/contract.ts';
import { liveState } from '#api/rest/live-state.ts';
import type { Source } from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { createSlidingRate } from './sliding-rate.ts';
import { unanswered } from './unanswered.ts';
import { type WatchProgress, watchTrouble } from './watch-health.ts';

export interface LiveSourceOptions {
  readonly clock: Clock;
  /** That of the watches. */
  readonly steadyClock: Clock;
  readonly cluster: string;
  /** Its address; '' as long as none was found. */
  readonly prometheus: () => string;
  /** Declared detectors do without it: that there is none is nothing to complain of. */
  readonly scrapes: boolean;
  readonly stepMs: number;
  readonly status: () => ObserverStatus;
  readonly series: () => readonly SeriesInfo[];
  /** Watches by the plural of what they watch. */
  readonly watches: Readonly<Record<string, WatchProgress>>;
  readonly storedFromMs: () => number | undefined;
  /** Of parts that know themselves since when. */
  readonly troubles?: () => readonly Trouble[];
}

export interface LiveSource extends Source {
  changed(): void;
}

/** As on the page: what is older is old. */
const MOST_AWAY_STEPS = 3;
const DAY_MS = 24 * 3_600_000;
/** Samples come once a minute. */
const RATE_MS = 5 * 60_000;

export function createLiveSource(options: LiveSourceOptions): LiveSource {
  const { clock } = options;
  const listeners = new Set<() => void>();
  const startedMs = clock.nowMs();
  let nothingSinceMs: number | undefined;
  const rate = createSlidingRate(RATE_MS);
  /** Hours of history that come at once are no rate. */
  const rateOf = ({ warming, samples }: ObserverStatus): number => {
    if (warming) rate.restart();
    return warming ? 0 : Math.round(rate.read(samples, options.steadyClock.nowMs()));
  };

  const nothingFound = ({ warming, series, troubles }: ObserverStatus): Trouble[] => {
    const isSo = !warming && series === 0 && troubles.length === 0;
    nothingSinceMs = isSo ? (nothingSinceMs ?? clock.nowMs()) : undefined;
    if (nothingSinceMs === undefined) return [];
    const what = `${options.prometheus()} has none of the metrics that every cluster has`;
    const remedy = 'Does it scrape the kubelets (cAdvisor) and kube-state-metrics? Another one: --prometheus URL';
    return [{ kind: 'nothing-found', what, remedy, sinceMs: nothingSinceMs, blocking: false }];
  };

  let skippedSteps = 0;
  let skippedMs = Number.NEGATIVE_INFINITY;
  /** Once counted it is over, so that it is shown for as long as the page shows the hole. */
  const skipped = (status: ObserverStatus): Trouble[] => {
    if (status.skippedSteps > skippedSteps) skippedMs = clock.nowMs();
    skippedSteps = status.skippedSteps;
    if (skippedSteps === 0 || clock.nowMs() - skippedMs > DAY_MS) return [];
    const what = `gap: ${skippedSteps} steps of queries were too far back to be asked for when Prometheus could be asked`;
    const remedy = 'What is older than 12 hours is not caught up; nothing else is missing.';
    return [{ kind: 'other', what, remedy, sinceMs: skippedMs, blocking: false }];
  };

  return {
    state() {
      const status = options.status();
      const failed = status.failure !== undefined;
      const { warming, newestMs } = status;
      return liveState({
        nowMs: clock.nowMs(),
        state: failed ? 'failed' : warming ? 'warming' : 'live',
        progress: warming ? 0 : null,
        message: failed ? messageOf(status.failure) : null,
        storedFromMs: options.storedFromMs(),
        newestMs: Number.isNaN(newestMs) ? undefined : newestMs,
        samplesPerSecond: rateOf(status),
        droppedSamples: status.dropped.outOfOrder + status.dropped.unknownSeries,
        live: {
          cluster: options.cluster,
          prometheus: options.prometheus() || null,
          series: status.series,
          stepMs: options.stepMs,
          troubles: [
            ...watchTroubles(options, startedMs),
            ...queryTroubles(options, status),
            ...clockTroubles(status),
            ...skipped(status),
            ...nothingFound(status),
            ...(options.troubles?.() ?? []),
          ],
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

function watchTroubles({ watches, clock, steadyClock }: LiveSourceOptions, startedMs: number): Trouble[] {
  return Object.entries(watches).flatMap(([watched, watch]): Trouble[] => {
    const trouble = watchTrouble(watched, watch, steadyClock.nowMs());
    if (trouble === undefined) return [];
    const { what, silentMs, isStuck: blocking } = trouble;
    const sinceMs = silentMs === undefined ? startedMs : clock.nowMs() - silentMs;
    if (/may not|forbidden/i.test(what)) {
      return [{ kind: 'right-missing', what, remedy: 'Grant the right that is named.', blocking, sinceMs }];
    }
    if (/knows no \S+ \(404\)/.test(what)) {
      const install = 'Install it: tidewatch run --install, or kubectl apply -f deploy/manifests/install.yaml';
      const remedy = watched === 'detectors' ? install : 'See what there is: kubectl api-resources';
      return [{ kind: 'other', what, remedy, blocking, sinceMs }];
    }
    const kind = watch.status().trouble === undefined ? 'watch-stalled' : 'api-server-away';
    return [{ kind, what, remedy: 'Look whether the API server is up; it is tried again.', blocking, sinceMs }];
  });
}

function queryTroubles(options: LiveSourceOptions, status: ObserverStatus): Trouble[] {
  const { troubles, samples } = status;
  const [first] = troubles;
  if (first === undefined) return [];
  const { sinceMs } = first;
  if (options.prometheus() === '') {
    if (options.scrapes) return [];
    const remedy =
      'It is looked for again each minute. Elsewhere: --prometheus URL. Without one the pods of AnomalyDetectors can be scraped: --install --scrape';
    return [{ kind: 'nothing-found', what: first.message, remedy, blocking: false, sinceMs }];
  }
  const remedy = 'It is asked again each minute, for all that was missed.';
  const all = unanswered(status);
  if (all !== undefined) {
    // What it had answered is worth being shown while it starts anew.
    const blocking = samples === 0 || options.clock.nowMs() - sinceMs > MOST_AWAY_STEPS * options.stepMs;
    return [{ kind: 'prometheus-away', what: all.message, remedy, blocking, sinceMs }];
  }
  const others = troubles.length > 1 ? ` (and ${troubles.length - 1} more queries)` : '';
  const what = `${first.metricName}: ${first.message}${others}`;
  const kind = first.code === 'unavailable' ? 'prometheus-away' : 'other';
  return [{ kind, what, remedy, blocking: false, sinceMs }];
}

function clockTroubles({ clock: { trouble } }: ObserverStatus): Trouble[] {
  if (trouble === undefined) return [];
  const remedy = 'Is the time synchronised (NTP) on all machines, also on that of Prometheus?';
  return [{ kind: 'other', what: trouble.what, remedy, sinceMs: trouble.sinceMs, blocking: false }];
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
