// A live cluster made up for the page's tests: the embedded store with scores and a finding, a source that says what a
// test tells it to, and the real server before both.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DetectorView } from '#api/rest/contract.ts';
import { type LiveFacts, liveState } from '#api/rest/live-state.ts';
import { createServer } from '#api/rest/server.ts';
import { createTestLog, findingOf } from '#api/rest/test-world.ts';
import { systemClock } from '#kit/clock.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock } from '#model/score-block.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { SHIPPED } from '../../src/app/shipped.ts';

const STEP_MS = 30_000;
const HOURS = 3;
const STREAM = 'a live cluster';

/** One service each, with the score that its pod has now. */
export const SCORES = { cart: 1.2, checkout: -2.75, frontend: 4.2 } as const;
export type ServiceName = keyof typeof SCORES;

export interface LiveWorld {
  readonly url: string;
  detectors: readonly DetectorView[];
  /** Series there are; none makes an empty cluster. */
  empty: boolean;
  /** What differs from a cluster in which all is well; ages are counted from now. */
  say(change: Partial<LiveFacts>, live?: Partial<LiveFacts['live']>): void;
  /** Stores one more score of the service's pod. */
  score(service: ServiceName, score: number): Promise<void>;
  close(): Promise<void>;
}

const podOf = (service: string): string => `${service}-5f6585d649-fnmft`;

function labelsOf(service: string): Labels {
  return { __name__: 'container_cpu_usage_cores', namespace: 'shop', pod: podOf(service), service };
}

function trackOf(service: string): Track {
  const [labels, detector] = [labelsOf(service), 'observe-pod-cpu-usage-cores'];
  const series = seriesKey(labels);
  return { key: `${detector}|${series}`, detector, series, labels, stepMs: STEP_MS, threshold: 3.5 };
}

export async function openLiveWorld(): Promise<LiveWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-live-'));
  const filled = await fillStore(folder);
  let [facts, live]: [Partial<LiveFacts>, Partial<LiveFacts['live']>] = [{}, {}];
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const server = await createServer({
    store: filled.store,
    replay: {
      state: () => liveState({ ...factsNow(), ...facts, live: { ...LIVE, ...live } }),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      series: () => [],
    },
    services: {
      find: (name) => (name in SCORES ? [{ namespace: 'shop', pods: [podOf(name)] }] : []),
    },
    detectors: { list: () => world.detectors },
    alerts: filled.store.alerts,
    webFolder: SHIPPED.page,
    about: { version: '0.0.0', data: folder, watchCommand: './tidewatch run' },
    log: createTestLog(),
    clock: systemClock,
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const world: LiveWorld = {
    url,
    detectors: [],
    get empty() {
      return filled.hidden;
    },
    set empty(hidden) {
      filled.hidden = hidden;
      changed();
    },
    say(change, more = {}) {
      [facts, live] = [change, more];
      changed();
    },
    async score(service, score) {
      await filled.append([service], [Date.now()], () => score);
      changed();
    },
    async close() {
      await server.close();
      await filled.store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

const LIVE: LiveFacts['live'] = {
  cluster: 'kind-shop',
  prometheus: 'http://prometheus.monitoring:9090',
  series: 3,
  stepMs: STEP_MS,
  troubles: [],
};

function factsNow(): Omit<LiveFacts, 'live'> {
  const nowMs = Date.now();
  return {
    nowMs,
    state: 'live',
    progress: null,
    message: null,
    storedFromMs: nowMs - HOURS * 3_600_000,
    newestMs: nowMs - 12_000,
    samplesPerSecond: 41,
    droppedSamples: 0,
  };
}

/** Three hours of scores, and one finding that is open on the worst of the services. */
async function fillStore(folder: string) {
  const store = await openEmbeddedStore({ folder });
  const epoch = await store.nextEpoch();
  const nowMs = Date.now();
  let batches = 0;
  const append = async (
    services: readonly ServiceName[],
    times: readonly number[],
    scoreAt: (service: ServiceName, timeMs: number) => number,
  ) => {
    const scores = emptyBlock(services.length * times.length);
    for (const [track, service] of services.entries()) {
      for (const [at, timeMs] of times.entries()) {
        const row = track * times.length + at;
        scores.tracks[row] = track;
        scores.timesMs[row] = scores.seenMs[row] = timeMs;
        scores.scores[row] = scoreAt(service, timeMs);
        scores.values[row] = 0.4 + 0.05 * Math.sin(at / 7) + Math.max(0, scoreAt(service, timeMs) - 1) / 10;
        scores.expected[row] = 0.4;
        scores.lower[row] = 0.3;
        scores.upper[row] = 0.5;
      }
    }
    const first =
      batches === 0 ? [findingOf(labelsOf('frontend'), nowMs - 4 * 60_000, undefined, SCORES.frontend)] : [];
    await store.append({
      epoch,
      key: `batch ${batches++}`,
      position: { seenMs: times.at(-1) ?? nowMs, stream: STREAM },
      tracks: services.map(trackOf),
      scores,
      findings: first.map((finding) => ({ ...finding, detector: 'observe' })),
      spans: [],
      edges: [],
    });
  };
  const times = Array.from({ length: (HOURS * 3_600_000) / STEP_MS }, (_, i) => nowMs - 10_000 - i * STEP_MS).reverse();
  const recentMs = nowMs - 6 * 60_000;
  await append(Object.keys(SCORES) as ServiceName[], times, (service, timeMs) =>
    timeMs > recentMs ? SCORES[service] : 0.3,
  );
  const hideable = {
    hidden: false,
    append,
    store: {
      ...store,
      tracks: async () => (hideable.hidden ? [] : store.tracks()),
      findings: async (query: Parameters<typeof store.findings>[0]) =>
        store.findings(hideable.hidden ? { ...query, service: 'none of this name' } : query),
    },
  };
  return hideable;
}
