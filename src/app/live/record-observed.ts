// What `run` would give to its flow, given to a recording instead: the same queries by the same observer, named by the
// same cluster, in the order in which they were seen. A tick is one part; those of the first round hold the hours before.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Signal, TopologyEdge } from '#model/signal.ts';
import type { Flow } from '#pipeline/flow.ts';
import { createObserver, type Observer, type ObserverStatus } from '#pipeline/observer.ts';
import { FORGET_MS } from '#resource/observe/catalogue.ts';
import type { RecordingWriter } from '#tape/recording.ts';
import type { Redaction } from '#tape/redact.ts';
import type { Cluster } from './cluster.ts';
import { type Declared, NOTHING_DECLARED } from './declared-queries.ts';
import { createObservedSignals, MOST_SERIES, OBSERVED_QUERIES, QUERY_MS } from './observed-signals.ts';

export interface RecordObservedOptions {
  readonly source: PrometheusSource;
  readonly cluster: Pick<Cluster, 'serviceLabels'> & { readonly pods: Pick<Cluster['pods'], 'list'> };
  readonly recording: Pick<RecordingWriter, 'append'>;
  readonly redaction: Redaction;
  /** What is recorded beside what every cluster has. */
  readonly declared?: Declared;
  readonly clock: Clock;
  readonly stepMs: number;
  readonly warmMs: number;
  onRound(status: ObserverStatus): void;
}

export function createRecorder(options: RecordObservedOptions): Observer {
  const { source, clock, stepMs, warmMs } = options;
  const recorder = createRounds(options);
  const { flow, toSignals, forget } = recorder;
  const queries = [...OBSERVED_QUERIES, ...(options.declared?.queries ?? [])];
  return createObserver({
    ...{ source, clock, stepMs, warmMs, flow, toSignals, forget, queries, forgetMs: FORGET_MS },
    ...{ storedMs: Number.NEGATIVE_INFINITY, maxSeries: MOST_SERIES, timeoutMs: QUERY_MS },
    onRound(status) {
      recorder.roundOver();
      options.onRound(status);
    },
  });
}

/** Collects what the queries gave, and writes it when the observer says that a tick is whole. */
function createRounds(options: RecordObservedOptions) {
  const { cluster, recording, redaction, stepMs, declared = NOTHING_DECLARED } = options;
  let told: ReadonlySet<string> = new Set();
  let warmUp = true;
  let isBegun = false;
  let pending: Signal[] = [];
  const signals = createObservedSignals(stepMs, (metricName, labels) => {
    const { namespace = '', pod } = labels;
    const named = { ...(pod === undefined ? {} : cluster.serviceLabels(namespace, pod)), ...labels };
    return redaction.labels({ ...named, __name__: metricName });
  });
  const flow: Flow = {
    async submit({ seenMs }) {
      const part = pending.sort((a, b) => a.seenMs - b.seenMs);
      pending = [];
      const { edges: fresh, there } = newEdges(cluster.pods.list(), told);
      const edges = fresh.map((edge) => redaction.edge(edge));
      told = there;
      if (edges.length > 0) part.push({ kind: 'topology', timeMs: seenMs, seenMs, edges });
      await recording.append({ warmUp, signals: part });
      isBegun = true;
    },
    drained: async () => {},
    dropped: () => ({ outOfOrder: 0, unknownSeries: 0 }),
    close: async () => {},
  };
  return {
    flow,
    toSignals(metricName: string, fetched: readonly FetchedSeries[], seenMs: number): readonly Signal[] {
      const fresh = signals.toSignals(metricName, declared.chosen(metricName, fetched), seenMs);
      for (const signal of fresh) pending.push(signal);
      return fresh;
    },
    forget: signals.forget,
    /** A round is over: the first that recorded anything held the history. */
    roundOver(): void {
      if (isBegun) warmUp = false;
    },
  };
}

/** Which pod runs on which node, where that was not told before; and all that is there, to be told no more. */
function newEdges(
  pods: Iterable<{ readonly name: string; readonly nodeName: string }>,
  told: ReadonlySet<string>,
): { readonly edges: TopologyEdge[]; readonly there: ReadonlySet<string> } {
  const there = new Set<string>();
  const edges: TopologyEdge[] = [];
  for (const { name: from, nodeName: to } of pods) {
    const key = `${from} ${to}`;
    if (to === '' || there.has(key)) continue;
    there.add(key);
    if (!told.has(key)) edges.push({ type: 'runs-on', from, to });
  }
  return { edges, there };
}
