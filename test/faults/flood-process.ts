// The flood of F25 and what it does to the others, in a process of its own whose time and memory nobody else uses. Told the
// stand-in's address and a folder; prints what was seen as JSON.
import { setTimeout as pause } from 'node:timers/promises';
import { createInProcessAnalyser } from '#analysis/in-process.ts';
import { createWindowScorer } from '#api/grpc/window-scorer.ts';
import { CHECK_READINGS } from '#app/live/check-readings.ts';
import { type Checking, createChecking } from '#app/live/checking.ts';
import { createCounterNames } from '#app/live/counter-names.ts';
import { prometheusWindows } from '#app/live/prometheus-windows.ts';
import { createSourceClock } from '#app/live/source-clock.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createLiveSink } from '#pipeline/live-sink.ts';
import { WINDOW_MS, WINDOW_STEP_MS, type WindowOutcome, type WindowPlan, windowGroup } from '#pipeline/window-plan.ts';
import type { Store } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { windowPlan } from '../fixtures/windows.ts';
import { waitUntil } from '../parts/wait-until.ts';

const NAMESPACES = 10;
const DETECTORS = 3;
const TIMES = 10;
const PODS = 3;
/** In place of the minute and the five minutes of production, in the same ratio. */
const EVERY_MS = 5000;
const ERROR_EVERY_MS = 25_000;
const PHASE_MS = 60_000;
const DELAY_MS = { others: 50, flood: 3000 };
const MOST_RECOVERY_MS = 120_000;
/** Another load of the machine in just that minute is no delay by the flood, which is there in every minute. */
const LOOKS = 3;

export interface FloodReport {
  readonly calm: Phase;
  readonly flooded: Phase;
  readonly recoveryMs: number;
  readonly detectors: { readonly flood: number; readonly others: number };
  /** Checks that were refused, as counted and as the metrics show them, and what one of them says. */
  readonly refused: number;
  readonly shown: number;
  readonly refusal: string | undefined;
  readonly failedOthers: readonly string[];
  readonly lost: number;
  readonly doubled: number;
}

const [url = '', folder = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await flood(url, folder))}\n`);

async function flood(url: string, folder: string): Promise<FloodReport> {
  await using ending = new AsyncDisposableStack();
  const store = await openEmbeddedStore({ folder });
  ending.defer(() => store.close());
  const world = await openWorld(url, store);
  const { checking } = world;
  ending.defer(() => checking.stop());
  await delay(url, { others: DELAY_MS.others });
  const others = plansOf(NAMESPACES, DETECTORS);
  for (const plan of others) checking.scheduler.put(plan);
  checking.start();
  await waitUntil('the first checks', async () => checking.stats().checks.checked >= others.length, { everyMs: 50 });
  const calm = await world.phase();
  await delay(url, { flood: DELAY_MS.flood });
  const many = floodPlans(others.length * TIMES);
  for (const plan of many) checking.scheduler.put(plan);
  let flooded = await world.phase();
  for (let look = 1; look < LOOKS && flooded.lagMs > 2 * calm.lagMs; look++) {
    const again = await world.phase();
    if (again.lagMs < flooded.lagMs) flooded = again;
  }
  await delay(url, { flood: 0 });
  const recoveryMs = await untilRecovered(checking, calm.lagMs, world);
  const { tooMuch } = checking.stats().checks;
  const shown = CHECK_READINGS.find(([name]) => name === 'tidewatch_detector_checks_too_much_total');
  return {
    ...{ calm, flooded, recoveryMs, detectors: { flood: many.length, others: others.length } },
    ...{ refused: tooMuch, shown: shown?.[2](checking.stats()) ?? 0, refusal: world.refusal },
    ...{ failedOthers: world.failed, ...(await compare(store, others, world)) },
  };
}

interface World {
  readonly checking: Checking;
  /** Of the others: how late each check was done after it was due. */
  readonly lags: number[];
  /** Of the others: when each was first and last checked. */
  readonly spans: Map<string, { fromMs: number; toMs: number }>;
  readonly failed: string[];
  refusal: string | undefined;
  phase(): Promise<Phase>;
}

interface Phase {
  readonly lagMs: number;
  readonly worstMs: number;
  readonly peakBytes: number;
  /** Looks at which a namespace was held back. */
  readonly held: number;
}

async function openWorld(url: string, store: Store): Promise<World> {
  const log = createLog('silent');
  const [clock, steadyClock] = [wallClock, systemClock];
  const source = createPrometheusSource(createHttpTransport({ url }), { clock, random: Math.random, log });
  const sink = createLiveSink(store, {
    ...{ epoch: await store.nextEpoch(), stream: 'flood', run: 'flood', storedMs: Number.NEGATIVE_INFINITY },
  });
  const score = createWindowScorer(ALGORITHMS);
  const lags: number[] = [];
  const checking = createChecking({
    ...{ clock, steadyClock, log, sink, identity: 'flood', mayCheck: () => true, enrich: () => ({}) },
    analyser: createInProcessAnalyser({ score: (job) => score(job, job.series), clock: steadyClock }),
    windows: prometheusWindows({
      ...{ source, steadyClock, counters: createCounterNames(source, steadyClock) },
      sourceClock: createSourceClock({ source, clock, steadyClock }),
    }),
    settle(plans, outcomes, dueMs) {
      const next = new Map<string, number>();
      for (const plan of plans) next.set(plan.key, note(plan, outcomes.get(plan.key), steadyClock.nowMs() - dueMs));
      return next;
    },
  });
  const note = (plan: WindowPlan, outcome: WindowOutcome | undefined, lagMs: number): number => {
    if (plan.namespace !== 'flood') {
      lags.push(lagMs);
      if (outcome?.kind !== 'analysed') world.failed.push(`${plan.key}: ${JSON.stringify(outcome)}`);
      else {
        const span = world.spans.get(plan.key) ?? { fromMs: outcome.newestMs, toMs: 0 };
        world.spans.set(plan.key, { ...span, toMs: outcome.newestMs });
      }
    }
    if (outcome?.kind !== 'failed') return EVERY_MS;
    if (outcome.code === 'too-much') world.refusal = outcome.message;
    return ERROR_EVERY_MS;
  };
  const world: World = {
    ...{ checking, lags, failed: [], spans: new Map(), refusal: undefined },
    async phase() {
      lags.length = 0;
      let [peakBytes, held] = [0, 0];
      for (const untilMs = steadyClock.nowMs() + PHASE_MS; steadyClock.nowMs() < untilMs; ) {
        await pause(50);
        peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
        held += checking.stats().heldLanes;
      }
      return { lagMs: usual(lags), worstMs: Math.round(Math.max(...lags)), peakBytes, held };
    },
  };
  return world;
}

/** The 95th percentile. */
function usual(lags: readonly number[]): number {
  const sorted = [...lags].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN);
}

function plansOf(namespaces: number, detectors: number): WindowPlan[] {
  return Array.from({ length: namespaces * detectors }, (_, index) =>
    planOf(`shop-${index % namespaces}`, `metric_${Math.floor(index / namespaces)}`),
  );
}

function floodPlans(count: number): WindowPlan[] {
  return Array.from({ length: count }, (_, index) => planOf('flood', index === 0 ? 'million' : `slow_${index}`));
}

function planOf(namespace: string, metricName: string): WindowPlan {
  const pods = Array.from({ length: PODS }, (_, pod) => `pod-${pod}`);
  const plan = windowPlan(`${namespace}/${metricName}`, pods, namespace);
  const group = windowGroup(namespace, { metricName }, WINDOW_STEP_MS, WINDOW_MS);
  return { ...plan, group, plan: { ...plan.plan, metricName, threshold: 10 } };
}

/** Until nobody is overdue, and the others are no later than before. */
async function untilRecovered(checking: Checking, calmMs: number, { lags }: World): Promise<number> {
  const beganMs = performance.now();
  for (;;) {
    lags.length = 0;
    await pause(EVERY_MS);
    if (checking.stats().overdueMs < 1000 && usual(lags) <= 2 * calmMs) return performance.now() - beganMs;
    if (performance.now() - beganMs > MOST_RECOVERY_MS) return Number.POSITIVE_INFINITY;
  }
}

/** Every step of the others, from the hour before the first check to the last, is in the store once. */
async function compare(store: Store, others: readonly WindowPlan[], world: World) {
  // Checks go on while the store is read: what comes meanwhile is not looked for.
  const spans = new Map(world.spans);
  const tracks = (await store.tracks()).filter(({ labels }) => labels.namespace !== 'flood');
  const all = await store.scores(
    tracks.map(({ key }) => key),
    { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
  );
  let [lost, doubled] = [Math.max(0, others.length * PODS - all.length) * (WINDOW_MS / WINDOW_STEP_MS), 0];
  for (const { track, timesMs } of all) {
    const { fromMs, toMs } = spans.get(track.detector.slice(track.detector.indexOf('/') + 1)) ?? {};
    if (fromMs === undefined || toMs === undefined) throw new Error(`${track.detector} was never checked`);
    const stored = new Set(timesMs);
    doubled += timesMs.length - stored.size;
    for (let timeMs = fromMs - WINDOW_MS + WINDOW_STEP_MS; timeMs <= toMs; timeMs += WINDOW_STEP_MS) {
      if (!stored.has(timeMs)) lost++;
    }
  }
  return { lost, doubled };
}

async function delay(url: string, delays: Readonly<Record<string, number>>): Promise<void> {
  const query = new URLSearchParams(Object.entries(delays).map(([name, ms]) => [name, String(ms)]));
  await fetch(`${url}/delays?${query}`);
}
