// For tests: a small shop (a front end that calls a cart) with a store and a replay that hold still until they are moved.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { type Entity, entityKey, entityOf } from '#model/entity.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { familyKey, familyName, type Labels, metricNameOf, seriesKey } from '#model/series.ts';
import type { KnownFault, Span, TopologyEdge } from '#model/signal.ts';
import type { Store, TrackScores } from '#store/contract.ts';
import type { ReplayCommand, ReplayState } from './contract.ts';
import type { ReplayControl } from './replay-control.ts';

export const MINUTE = 60_000;
export const FROM = Date.parse('2022-08-21T08:00:00Z');
export const QUIET_END = FROM + 180 * MINUTE;
export const FAULTS_FROM = FROM + 300 * MINUTE;
export const TO = FROM + 360 * MINUTE;
const COMMON = { namespace: 'shop', part_of: 'online-boutique' };

export const LABELS = {
  cartLatency: { __name__: 'pod_server_latency_p90_seconds', ...COMMON, pod: 'cart-5f6585d649-fnmft', service: 'cart' },
  cartReads: { __name__: 'pod_syscall_reads', ...COMMON, pod: 'cart-5f6585d649-fnmft', service: 'cart' },
  frontCpu: { __name__: 'pod_cpu_usage_cores', ...COMMON, pod: 'frontend-579b9bff58-t2dbm', service: 'frontend' },
  call: {
    __name__: 'call_latency_p50_seconds',
    ...COMMON,
    source: 'frontend',
    destination: 'cart',
    reporter: 'source',
  },
  feltLatency: { __name__: 'service_latency_p90_seconds', ...COMMON, service: 'frontend' },
  feltSuccess: { __name__: 'service_success_ratio', ...COMMON, service: 'frontend' },
} as const satisfies Record<string, Labels>;

/** Not watched by any detector. */
const UNWATCHED: readonly Labels[] = [LABELS.feltSuccess, LABELS.cartReads];

export function trackOf(labels: Labels): Track {
  const detector = UNWATCHED.includes(labels) ? '' : 'latency';
  const series = seriesKey(labels);
  return { key: `${detector}|${series}`, detector, series, labels, stepMs: MINUTE, threshold: 6 };
}

export function evidenceOf(labels: Labels, timeMs: number, score: number): Evidence {
  return {
    series: seriesKey(labels),
    metricName: metricNameOf(labels),
    timeMs,
    value: 0.4,
    expected: 0.1,
    lower: Number.NaN,
    upper: 0.2,
    score,
    threshold: 6,
    algorithm: 'auto',
    baseline: { count: 120, fromMs: FROM, toMs: timeMs },
    points: 3,
    guards: [{ guard: 'direction', passed: true, limit: 'above', actual: 'above' }],
  };
}

/** A finding on the series: begun two minutes before `seenMs`, known to be closed at `closedSeenMs`. */
export function findingOf(labels: Labels, seenMs: number, closedSeenMs?: number, score = 9): Finding {
  const call =
    labels.source === undefined ? {} : { call: { source: labels.source, destination: labels.destination ?? '' } };
  const closed =
    closedSeenMs === undefined ? {} : { endMs: closedSeenMs - MINUTE, closedMs: closedSeenMs, closedSeenMs };
  return {
    id: `${metricNameOf(labels)}-${(seenMs - FROM) / MINUTE}`,
    detector: 'latency',
    entity: entityOf(labels),
    family: familyKey(labels),
    metric: familyName(labels),
    ...call,
    direction: 'above',
    startMs: seenMs - 2 * MINUTE,
    confirmedMs: seenMs,
    seenMs,
    ...closed,
    opening: evidenceOf(labels, seenMs, 7),
    peak: evidenceOf(labels, seenMs + MINUTE, score),
    members: [{ series: seriesKey(labels), metricName: metricNameOf(labels), peakScore: score, points: 3 }],
  };
}

export interface World {
  readonly store: Store;
  readonly replay: ReplayControl;
  readonly commands: ReplayCommand[];
  /** How often each of the store's functions was called. */
  readonly calls: Record<string, number>;
  state: ReplayState;
  findings: Finding[];
  spans: Span[];
  edges: TopologyEdge[];
  labels: Labels[];
  faults: KnownFault[];
  broken: Error | undefined;
  valueAt(labels: Labels, timeMs: number): number;
  scoreAt(labels: Labels, timeMs: number): number;
  flagsAt(labels: Labels): number;
  /** Moves the playhead and says so. */
  moveTo(nowMs: number): void;
  /** Says that something changed. */
  changed(): void;
}

export function createWorld(): World {
  const listeners = new Set<() => void>();
  const world: World = {
    calls: {},
    commands: [],
    state: startState(),
    findings: [],
    spans: [],
    edges: [
      { type: 'calls', from: 'frontend', to: 'cart' },
      { type: 'runs-on', from: 'cart', to: 'worker-1' },
    ],
    labels: Object.values(LABELS),
    faults: [],
    broken: undefined,
    valueAt: (labels) => (labels === LABELS.feltSuccess || labels === LABELS.cartReads ? 0 : 0.1),
    scoreAt: () => 0.5,
    flagsAt: () => 0,
    moveTo(nowMs) {
      world.state = { ...world.state, nowMs };
      world.changed();
    },
    changed() {
      for (const listener of listeners) listener();
    },
    get store() {
      return storeOf(world);
    },
    replay: {
      state: () => world.state,
      async command(command) {
        world.commands.push(command);
        if (command.action === 'jump') world.moveTo(command.toMs);
        return world.state;
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      answerKey: () => world.faults,
      series: () => world.labels.map((labels, id) => ({ id, labels, stepMs: MINUTE })),
    },
  };
  return world;
}

function startState(): ReplayState {
  const segments = [
    { name: 'quiet hours', fromMs: FROM, toMs: QUIET_END, shiftedMs: -86_400_000, warmUp: true },
    { name: 'fault hours', fromMs: FAULTS_FROM, toMs: TO, shiftedMs: 0, warmUp: false },
  ];
  return {
    mode: 'replay',
    live: null,
    tape: { name: 'test', source: 'made up', fromMs: FROM, toMs: TO, segments },
    nowMs: FAULTS_FROM + 30 * MINUTE,
    state: 'playing',
    speed: 60,
    progress: null,
    message: null,
    droppedSamples: 0,
    samplesPerSecond: 1000,
  };
}

/** A store that knows everything at once; what a test does not need fails loudly. */
function storeOf(world: World): Store {
  const unused = async (): Promise<never> => {
    throw new Error('not part of this test');
  };
  const counted =
    <Input extends readonly unknown[], Output>(name: string, work: (...input: Input) => Output) =>
    async (...input: Input): Promise<Output> => {
      world.calls[name] = (world.calls[name] ?? 0) + 1;
      if (world.broken !== undefined) throw world.broken;
      return work(...input);
    };
  return {
    info: counted('info', () => {
      return { path: '', sizeBytes: 0, schemaVersion: 1, epoch: 1, tracks: 0, scores: 0, findings: 0 };
    }),
    tracks: counted('tracks', () => world.labels.map(trackOf)),
    edges: counted('edges', () => world.edges),
    scores: counted('scores', (keys, { fromMs, toMs }) =>
      world.labels
        .map(trackOf)
        .filter(({ key }) => keys.includes(key))
        .map((track) => scoresOf(world, track, fromMs, toMs)),
    ),
    findings: counted('findings', ({ limit, cursor, range }) => {
      const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = range ?? {};
      const newest = world.findings
        .filter(({ startMs, closedSeenMs }) => startMs < toMs && (closedSeenMs ?? toMs) > fromMs)
        .sort((a, b) => b.seenMs - a.seenMs);
      const first = cursor === undefined ? 0 : Number(cursor);
      const next = first + limit < newest.length ? { next: String(first + limit) } : {};
      return {
        findings: newest.slice(first, first + limit),
        total: newest.length,
        ...next,
        facets: { entity: [], metric: [], state: [] },
      };
    }),
    finding: counted('finding', (id) => world.findings.find((finding) => finding.id === id)),
    spans: counted('spans', ({ range, services, limit }) =>
      world.spans
        .filter(({ startMs }) => startMs >= range.fromMs && startMs < range.toMs)
        .filter(({ service }) => services === undefined || services.includes(service))
        .slice(0, limit),
    ),
    nextEpoch: unused,
    position: unused,
    append: unused,
    rollUps: unused,
    retain: unused,
    clear: unused,
    close: unused,
  };
}

function scoresOf(world: World, track: Track, fromMs: number, toMs: number): TrackScores {
  const times: number[] = [];
  for (let timeMs = FROM; timeMs < TO; timeMs += MINUTE) {
    const recorded = timeMs < QUIET_END || timeMs >= FAULTS_FROM;
    if (recorded && timeMs >= fromMs && timeMs < toMs) times.push(timeMs);
  }
  const column = (value: number) => new Float64Array(times.length).fill(track.detector === '' ? Number.NaN : value);
  return {
    track,
    timesMs: Float64Array.from(times),
    values: Float64Array.from(times, (timeMs) => world.valueAt(track.labels, timeMs)),
    scores: column(0).map((none, row) => none + world.scoreAt(track.labels, times[row] ?? 0)),
    expected: column(0.1),
    lower: column(0),
    upper: column(0.2),
    flags: new Uint16Array(times.length).fill(world.flagsAt(track.labels)),
  };
}

/** A clock that stands still until it is moved; sleepers wake in order. */
export interface TestClock extends Clock {
  /** Moves on and lets everybody run whose sleep is over. */
  advance(ms: number): Promise<void>;
}

export function createTestClock(): TestClock {
  let nowMs = 1_000_000;
  let sleepers: { untilMs: number; wake: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.push({ untilMs: nowMs + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = sleepers.filter(({ untilMs }) => untilMs <= endMs).sort((a, b) => a.untilMs - b.untilMs)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        nowMs = next.untilMs;
        next.wake();
        for (let turn = 0; turn < 5; turn++) await settle();
      }
      nowMs = endMs;
    },
  };
}

export interface TestLog extends Log {
  readonly lines: { readonly level: string; readonly text: string }[];
}

export function createTestLog(): TestLog {
  const lines: { level: string; text: string }[] = [];
  const at = (level: string) => (fields: unknown, text?: string) => {
    lines.push({ level, text: text ?? String(fields) });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function keyOf(kind: Entity['kind'], name: string): string {
  return entityKey({ kind, namespace: 'shop', name });
}
