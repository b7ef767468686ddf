// Streams of signals for property tests: everything the types allow, doubles of every kind, several things at one moment.
import fc from 'fast-check';
import type { SeriesInfo } from '#model/series.ts';
import type { Signal, Span, TopologyEdge } from '#model/signal.ts';
import { MAX_TIME_MS } from './times.ts';
import type { NewTapeHeader } from './writer.ts';

export const START_MS = Date.UTC(2022, 7, 22);

export const HEADER: NewTapeHeader = {
  name: 'made up',
  source: 'a test',
  licence: 'MIT License\n\nCopyright (c) nobody\n',
  fromMs: START_MS,
  toMs: START_MS + 3_600_000,
  segments: [
    { name: 'quiet', fromMs: START_MS, toMs: START_MS + 600_000, shiftedMs: -1000, warmUp: true },
    { name: 'loud', fromMs: START_MS + 600_000, toMs: START_MS + 3_600_000, shiftedMs: 0, warmUp: false },
  ],
  answerKey: [{ timeMs: START_MS + 700_000, pod: 'a-1-1', service: 'a', type: 'cpu' }],
};

const name = fc.string({ maxLength: 8 });
const labels = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 6 }), name, { maxKeys: 4 })
  .map((entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => key !== '__proto__')));

const span: fc.Arbitrary<Span> = fc.record(
  {
    traceId: name,
    spanId: name,
    parentId: name,
    pod: name,
    service: name,
    operation: name,
    startMs: fc.double({ min: -MAX_TIME_MS, max: MAX_TIME_MS, noNaN: true }),
    durationMs: fc.double({ min: 0, max: MAX_TIME_MS, noNaN: true }),
  },
  {
    requiredKeys: ['traceId', 'spanId', 'pod', 'service', 'operation', 'startMs', 'durationMs'],
    noNullPrototype: true,
  },
);

const edge: fc.Arbitrary<TopologyEdge> = fc.record(
  { type: fc.constantFrom('calls', 'runs-on'), from: name, to: name },
  { noNullPrototype: true },
);

type Draft =
  | { readonly kind: 'frame'; readonly points: readonly (readonly [pick: number, value: number])[] }
  | { readonly kind: 'series'; readonly added: readonly SeriesInfo['labels'][] }
  | { readonly kind: 'spans'; readonly spans: readonly Span[] }
  | { readonly kind: 'topology'; readonly edges: readonly TopologyEdge[] };

const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY));
const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('frame' as const), points: fc.array(fc.tuple(fc.nat(9), value)) }),
  },
  fc.record({ kind: fc.constant('series' as const), added: fc.array(labels, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('spans' as const), spans: fc.array(span, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('topology' as const), edges: fc.array(edge, { maxLength: 4 }) }),
);

/** Valid streams: by `seenMs`, often at one moment, each series declared before its first sample, sometimes again. */
export const signalStreams: fc.Arbitrary<Signal[]> = fc
  .array(fc.tuple(draft, fc.constantFrom(0, 0, 1, 60_000, 400_000), fc.integer({ min: -5000, max: 90_000 })), {
    maxLength: 30,
  })
  .map((drafts) => {
    const declared: SeriesInfo[] = [];
    let seenMs = START_MS;
    return drafts.map(([item, waitMs, lagMs]) => {
      seenMs += waitMs;
      return complete(item, { seenMs, timeMs: seenMs - lagMs }, declared);
    });
  });

function complete(item: Draft, when: { seenMs: number; timeMs: number }, declared: SeriesInfo[]): Signal {
  switch (item.kind) {
    case 'series': {
      // Ids grow, with gaps; a second declaration of the first series is allowed when it says the same.
      const fresh = item.added.map((own, index) => ({ id: declared.length * 3 + index, labels: own, stepMs: 60_000 }));
      const again = declared.slice(0, fresh.length > 1 ? 1 : 0);
      for (const info of fresh) declared.push(info);
      return { kind: 'series', seenMs: when.seenMs, series: [...again, ...fresh] };
    }
    case 'frame': {
      const points = declared.length === 0 ? [] : item.points;
      const ids = points.map(([pick]) => declared[pick % declared.length]?.id ?? 0);
      const values = Float64Array.from(points, ([, own]) => own);
      return { kind: 'frame', ...when, ids: Uint32Array.from(ids), values };
    }
    case 'spans':
      return { kind: 'spans', ...when, spans: item.spans };
    case 'topology':
      return { kind: 'topology', ...when, edges: item.edges };
  }
}

/** A fixed stream: two series, forty minutes, spans and a topology. */
export function smallStream(): Signal[] {
  const series = ['a', 'b'].map((service, id) => ({
    id,
    labels: { __name__: 'pod_cpu_usage_cores', service, pod: `${service}-1-1` },
    stepMs: 60_000,
  }));
  const signals: Signal[] = [
    { kind: 'series', seenMs: START_MS, series },
    { kind: 'topology', timeMs: START_MS, seenMs: START_MS, edges: [{ type: 'calls', from: 'a', to: 'b' }] },
  ];
  for (let minute = 0; minute < 40; minute++) {
    const timeMs = START_MS + minute * 60_000;
    const values = Float64Array.of(minute, minute % 7 === 0 ? Number.NaN : Math.sin(minute));
    signals.push({ kind: 'frame', timeMs, seenMs: timeMs + 5, ids: Uint32Array.of(0, 1), values });
  }
  const seenMs = START_MS + 2_400_000;
  const root = { traceId: 't', spanId: 's', pod: 'a-1-1', service: 'a', operation: 'GET /', startMs: seenMs - 60_000 };
  const child = { ...root, spanId: 'u', parentId: 's', pod: 'b-1-1', service: 'b', durationMs: 0.25 };
  signals.push({ kind: 'spans', timeMs: seenMs - 60_000, seenMs, spans: [{ ...root, durationMs: 1.5 }, child] });
  return signals;
}
