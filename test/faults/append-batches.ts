// The batches that a crash interrupts: each writes to every table of a store, and what must be there in the end follows
// from their number alone.
import type { Span } from '#model/signal.ts';
import type { AppendBatch, Store, Unsent } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { ALL_TIME, makeBatch, makeFinding, podTrack } from '../conformance/store-fixtures.ts';

export const STREAM = 'cluster:faults';
/** Of two pods that stay, and of one that is new each time. */
export const POINTS = 3;
const BETWEEN_MS = 1000;

export function batchOf(number: number, beganMs: number): AppendBatch {
  const timeMs = beganMs + number * BETWEEN_MS;
  const pods = ['cart-a', 'cart-b', `new-${number}`];
  const points = pods.map((_, track) => ({ track, timeMs, value: valueAt(number, track) }));
  return makeBatch(`batch ${number}`, {
    ...{ tracks: pods.map((pod) => podTrack(pod)), points, position: { seenMs: timeMs, stream: STREAM } },
    findings: [makeFinding(`finding-${number}`, { startMs: timeMs, pod: `new-${number}` })],
    spans: [spanOf(number, timeMs)],
    edges: [{ type: 'calls', from: 'cart', to: `new-${number}` }],
  });
}

export function valueAt(number: number, track: number): number {
  return number + track / 8;
}

function spanOf(number: number, startMs: number): Span {
  const service = 'cart';
  return {
    traceId: `t${number}`,
    spanId: `s${number}`,
    pod: 'cart-a',
    service,
    operation: 'buy',
    startMs,
    durationMs: 5,
  };
}

/** `pod time value` of each point of so many batches. */
export function pointsOf(batches: number, beganMs: number): Set<string> {
  const points = new Set<string>();
  for (let number = 0; number < batches; number++) {
    const { tracks, scores } = batchOf(number, beganMs);
    scores.tracks.forEach((track, row) => {
      points.add(pointText(tracks[track]?.labels.pod, scores.timesMs[row], scores.values[row]));
    });
  }
  return points;
}

/** Of what an outbox gives to be sent on. */
export function pointsToSend({ tracks, scores }: Pick<Unsent, 'tracks' | 'scores'>): string[] {
  return Array.from(scores.tracks, (track, row) =>
    pointText(tracks[track]?.labels.pod, scores.timesMs[row], scores.values[row]),
  );
}

function pointText(pod = '', timeMs = Number.NaN, value = Number.NaN): string {
  return `${pod} ${timeMs} ${value}`;
}

export interface Difference {
  readonly lost: number;
  readonly doubled: number;
}

/** Of a store that nobody has open. Opening it checks every row against its sum. */
export async function compareStore(folder: string, batches: number, beganMs: number): Promise<Difference> {
  const store = await openEmbeddedStore({ folder });
  try {
    const { scores, findings } = await store.info();
    const found = await pointsIn(store);
    const wanted = pointsOf(batches, beganMs);
    const spans = await store.spans({ range: ALL_TIME, limit: 10 * batches });
    const edges = await store.edges();
    const rollUps = await store.rollUps({ fromMs: beganMs - 60_000, toMs: beganMs + 3_600_000 }, 60_000);
    const counted = rollUps.reduce((sum, { points }) => sum + points, 0);
    const counts = [scores, counted, findings * POINTS, spans.length * POINTS, edges.length * POINTS];
    const missing = counts.map((count) => Math.max(0, wanted.size - count));
    const more = counts.map((count) => Math.max(0, count - wanted.size));
    return {
      lost: Math.max(wanted.difference(new Set(found)).size, ...missing),
      doubled: Math.max(found.length - wanted.intersection(new Set(found)).size, ...more),
    };
  } finally {
    await store.close();
  }
}

async function pointsIn(store: Store): Promise<string[]> {
  const tracks = await store.tracks();
  const all = await store.scores(
    tracks.map(({ key }) => key),
    ALL_TIME,
  );
  return all.flatMap(({ track, timesMs, values }) =>
    Array.from(timesMs, (timeMs, row) => pointText(track.labels.pod, timeMs, values[row])),
  );
}
