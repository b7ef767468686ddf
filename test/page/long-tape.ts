// A tape of a week, minute by minute: a few pods whose latency follows the day, with noise, stray points and some stretches of
// trouble. Made up, for what the recorded day is too short for: a series of ten thousand points.
import type { Signal } from '#model/signal.ts';
import { createRng } from '#stats/rng.ts';
import { createTapeWriter } from '#tape/writer.ts';

const MINUTE = 60_000;
const DAY = 1440;
const FROM = Date.UTC(2024, 0, 1);

export const LONG_METRIC = 'pod_server_latency_p90_seconds';
/** A few more than ten thousand. */
export const LONG_POINTS = 7 * DAY;
const PODS = ['cart-5f6585d649-fnmft', 'frontend-579b9bff58-t2dbm'];
/** Minutes from the start of the tape, and how many times as slow it is then. */
const TROUBLE = [
  { from: 4 * DAY + 600, minutes: 25, factor: 2.4 },
  { from: 5 * DAY + 200, minutes: 8, factor: 1.7 },
  { from: 6 * DAY + 1000, minutes: 40, factor: 3 },
];

/** How the detector of the tape is set. */
export const LONG_DETECTORS = `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: latency }
spec:
  targets: { matchLabels: { app: shop } }
  metrics: [{ name: ${LONG_METRIC} }]
  method: { name: median-mad }
  threshold: 6
  guards: { direction: above, persistence: { points: 2, clear: 2 } }
`;

export async function writeLongTape(path: string): Promise<void> {
  const toMs = FROM + LONG_POINTS * MINUTE;
  const segments = [{ name: 'the week', fromMs: FROM, toMs, shiftedMs: 0, warmUp: false }];
  const header = { name: 'a week', source: 'made up', licence: 'none', fromMs: FROM, toMs, segments, answerKey: [] };
  const writer = await createTapeWriter(path, header);
  for (const signal of signals()) await writer.write(signal);
  await writer.finish();
}

function* signals(): Generator<Signal> {
  const series = PODS.map((pod, id) => {
    const labels = { __name__: LONG_METRIC, namespace: 'shop', app: 'shop', pod, service: pod.split('-')[0] ?? '' };
    return { id, labels, stepMs: MINUTE };
  });
  yield { kind: 'series', seenMs: FROM, series };
  const random = createRng(3);
  for (let minute = 1; minute <= LONG_POINTS; minute++) {
    const timeMs = FROM + minute * MINUTE;
    const day = 1 + 0.4 * Math.sin((2 * Math.PI * minute) / DAY);
    const stray = random.uniform() < 0.002 ? 1.8 : 1;
    const slow = TROUBLE.find(({ from, minutes }) => minute >= from && minute < from + minutes)?.factor ?? 1;
    const values = Float64Array.from(PODS, (_, pod) => {
      const noise = 1 + 0.06 * random.normal();
      return 0.08 * day * noise * (pod === 0 ? stray * slow : 1);
    });
    yield { kind: 'frame', timeMs, seenMs: timeMs, ids: Uint32Array.from(PODS, (_, id) => id), values };
  }
}
