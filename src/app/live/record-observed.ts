// What `run` would give to its flow, given to a recording instead: the same queries by the same observer, named by the
// same cluster, in the order in which they were seen. A round is one part; the first holds the hours before.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import type { Clock } from '#kit/clock.ts';
import type { Labels } from '#model/series.ts';
import type { Signal, TopologyEdge } from '#model/signal.ts';
import type { Flow } from '#pipeline/flow.ts';
import { createObserver, type Observer, type ObserverStatus } from '#pipeline/observer.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import type { RecordingWriter } from '#tape/recording.ts';
import type { Redaction } from '#tape/redact.ts';
import type { Cluster } from './cluster.ts';

export interface RecordObservedOptions {
  readonly source: PrometheusSource;
  readonly cluster: Pick<Cluster, 'serviceLabels'> & { readonly pods: Pick<Cluster['pods'], 'list'> };
  readonly recording: Pick<RecordingWriter, 'append'>;
  readonly redaction: Redaction;
  readonly clock: Clock;
  readonly stepMs: number;
  readonly warmMs: number;
  onRound(status: ObserverStatus): void;
}

const MOST_SERIES = 20_000;
const QUERY_MS = 60_000;

export function createRecorder(options: RecordObservedOptions): Observer {
  const { source, clock, stepMs, warmMs } = options;
  const round = createRound(options);
  return createObserver({
    ...{ source, clock, stepMs, warmMs, queries: OBSERVED, flow: round.flow, toSignals: round.toSignals },
    ...{ maxSeries: MOST_SERIES, timeoutMs: QUERY_MS },
    onRound: options.onRound,
  });
}

/** Collects what the queries of a round gave, and writes it when the observer says that the round is over. */
function createRound({ cluster, recording, redaction, clock, stepMs }: RecordObservedOptions) {
  const frames = createFrameMaker({ stepMs });
  let told: ReadonlySet<string> = new Set();
  let warmUp = true;
  let pending: Signal[] = [];
  /** Of the last round: what a failed query catches up on was not seen before that. */
  let seenMs = Number.NEGATIVE_INFINITY;

  const nameOf = (metricName: string, labels: Labels): Labels => {
    const { namespace = '', pod } = labels;
    const named = { ...(pod === undefined ? {} : cluster.serviceLabels(namespace, pod)), ...labels };
    return redaction.labels({ ...named, __name__: metricName });
  };

  const toSignals = (metricName: string, fetched: readonly FetchedSeries[]): readonly Signal[] => {
    const named = fetched.map((series) => ({ ...series, labels: nameOf(metricName, series.labels) }));
    const seenOf = (timeMs: number) => Math.max(seenMs, Math.min(clock.nowMs(), timeMs + stepMs));
    const signals = frames.take(named, seenOf);
    pending.push(...signals);
    return signals;
  };

  const flow: Flow = {
    async submit() {
      const signals = pending.sort((a, b) => a.seenMs - b.seenMs);
      pending = [];
      seenMs = signals.at(-1)?.seenMs ?? seenMs;
      const { edges: fresh, there } = newEdges(cluster.pods.list(), told);
      const edges = fresh.map((edge) => redaction.edge(edge));
      told = there;
      if (edges.length > 0) signals.push({ kind: 'topology', timeMs: seenMs, seenMs, edges });
      await recording.append({ warmUp, signals });
      warmUp = false;
    },
    drained: async () => {},
    dropped: () => ({ outOfOrder: 0, unknownSeries: 0 }),
    close: async () => {},
  };
  return { flow, toSignals };
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
