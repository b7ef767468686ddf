// F25: one namespace with ten times the detectors of all others together, on metrics that answer slowly, and one of a
// million series among them. Checks are wired as in production; what is in the cluster is made up, and Prometheus a stand-in.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
import { dieTogether } from '../parts/orphans.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault, type FaultContext } from './contract.ts';

const NAMESPACES = 10;
const DETECTORS = 3;
const TIMES = 10;
const PODS = 3;
/** In place of the minute and the five minutes of production, in the same ratio. */
const EVERY_MS = 5000;
const ERROR_EVERY_MS = 25_000;
const PHASE_MS = 30_000;
const DELAY_MS = { others: 50, flood: 3000 };
const MOST_GROWTH_BYTES = 400 * 2 ** 20;
const MOST_RECOVERY_MS = 120_000;

export const flood: Fault = {
  id: 'F25',
  title: 'one namespace with ten times the detectors, slow metrics and a million series',
  needs: [],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const prometheus = await startStandIn(ending);
    const store = await openEmbeddedStore({ folder: join(folder, 'data') });
    ending.defer(() => store.close());
    const world = await openWorld(prometheus.url, store, rng);
    ending.defer(() => world.checking.stop());
    const { checking, phase } = world;
    await prometheus.delay({ others: DELAY_MS.others });
    const others = plansOf(NAMESPACES, DETECTORS);
    for (const plan of others) checking.scheduler.put(plan);
    checking.start();
    await waitUntil('the first checks', async () => checking.stats().checks.checked >= others.length, { everyMs: 50 });
    const calm = await phase('calm');
    await prometheus.delay({ flood: DELAY_MS.flood });
    const many = floodPlans(others.length * TIMES);
    for (const plan of many) checking.scheduler.put(plan);
    const flooded = await phase('flooded');
    demand(flooded.held > 0, 'nobody was held back: the flood did not reach it');
    await prometheus.delay({ flood: 0 });
    const recoveryMs = await untilRecovered(checking, calm.lagMs, world);
    const { checks } = checking.stats();
    const lines = { calm, flooded };
    for (const [name, { lagMs, worstMs, peakBytes }] of Object.entries(lines)) {
      say(`${name}: lag of the others ${lagMs} ms, worst ${worstMs} ms, memory ${Math.round(peakBytes / 2 ** 20)} MiB`);
    }
    const growth = flooded.peakBytes - calm.peakBytes;
    demand(
      flooded.lagMs <= 2 * calm.lagMs,
      `the others' lag is ${flooded.lagMs} ms, ${calm.lagMs} ms without the flood`,
    );
    demand(growth <= MOST_GROWTH_BYTES, `memory grew by ${Math.round(growth / 2 ** 20)} MiB`);
    demand(recoveryMs <= MOST_RECOVERY_MS, `it recovered after ${recoveryMs} ms`);
    demand(checks.tooMuch > 0, 'nothing was refused for its million series');
    demand(world.refusal?.includes('million') === true, `the refusal says ${world.refusal}`);
    const shed = CHECK_READINGS.find(([name]) => name === 'tidewatch_detector_checks_too_much_total');
    demand(shed?.[2](checking.stats()) === checks.tooMuch, 'its metrics do not show what was refused');
    const ledger = await compare(store, others, world);
    return {
      broken: `${many.length} detectors on metrics of ${DELAY_MS.flood / 1000} s beside ${others.length}, one of a million series`,
      seen: `lag of the others ${flooded.lagMs} ms, ${calm.lagMs} ms without; ${Math.round(growth / 2 ** 20)} MiB more; ${checks.tooMuch} checks refused and counted; recovered in ${(recoveryMs / 1000).toFixed(0)} s`,
      ...ledger,
    };
  },
};

interface World {
  readonly checking: Checking;
  /** Of the others: how late each check was done after it was due. */
  readonly lags: number[];
  /** Of the others: when each was first and last checked. */
  readonly spans: Map<string, { fromMs: number; toMs: number }>;
  readonly failed: string[];
  refusal: string | undefined;
  phase(name: string): Promise<Phase>;
}

interface Phase {
  readonly lagMs: number;
  readonly worstMs: number;
  readonly peakBytes: number;
  /** Looks at which a namespace was held back. */
  readonly held: number;
}

async function openWorld(url: string, store: Store, rng: FaultContext['rng']): Promise<World> {
  const log = createLog('silent');
  const [clock, steadyClock] = [wallClock, systemClock];
  const source = createPrometheusSource(createHttpTransport({ url }), { clock, random: () => rng.uniform(), log });
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
  const group = windowGroup(namespace, metricName, WINDOW_STEP_MS, WINDOW_MS);
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
async function compare(store: Store, others: readonly WindowPlan[], { spans, failed }: World) {
  demand(failed.length === 0, `${failed.length} checks of the others failed: ${failed[0]}`);
  const tracks = (await store.tracks()).filter(({ labels }) => labels.namespace !== 'flood');
  const all = await store.scores(
    tracks.map(({ key }) => key),
    { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
  );
  let [lost, doubled] = [Math.max(0, others.length * PODS - all.length) * (WINDOW_MS / WINDOW_STEP_MS), 0];
  for (const { track, timesMs } of all) {
    const { fromMs, toMs } = spans.get(track.detector.slice(track.detector.indexOf('/') + 1)) ?? {};
    demand(fromMs !== undefined && toMs !== undefined, `${track.detector} was never checked`);
    const stored = new Set(timesMs);
    doubled += timesMs.length - stored.size;
    for (let timeMs = fromMs - WINDOW_MS + WINDOW_STEP_MS; timeMs <= toMs; timeMs += WINDOW_STEP_MS) {
      if (!stored.has(timeMs)) lost++;
    }
  }
  return { lost, doubled };
}

async function startStandIn(ending: AsyncDisposableStack) {
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(new URL('flood-prometheus.ts', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  dieTogether(child);
  ending.defer(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const url = String(line).trim();
  return {
    url,
    async delay(delays: Readonly<Record<string, number>>): Promise<void> {
      const query = new URLSearchParams(Object.entries(delays).map(([name, ms]) => [name, String(ms)]));
      await fetch(`${url}/delays?${query}`);
    },
  };
}
