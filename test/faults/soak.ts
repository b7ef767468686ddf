// The roles as processes under load for an hour or as long as one likes, while something goes wrong now and then. In the first
// quarter processes are killed as well; afterwards they live, and what they hold must not grow. In the end nothing is lost.
import { setTimeout as pause } from 'node:timers/promises';
import { createRng } from '#stats/rng.ts';
import { checkNothingLost } from '../cluster/roles/scores.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type HttpFaults, startHttpFaults } from './http-faults.ts';
import { openLeaders } from './leaders.ts';
import { DISTURBANCES, pick, type SoakWorld } from './soak-faults.ts';
import { createUseSampler, type Slope } from './soak-use.ts';

export interface SoakOptions {
  readonly forMs: number;
  readonly seed: number;
  readonly folder: string;
  say(line: string): void;
  report(name: string, error?: Error): void;
}

const SAMPLE_MS = 5000;
const READ_MS = 500;
/** Between two disturbances, at most. */
const CALM_MS = 30_000;
const PATHS = ['/api/overview', '/api/findings', '/api/timeline', '/api/detectors', '/'];

export async function runSoak({ forMs, seed, folder, say, report }: SoakOptions): Promise<void> {
  await using ending = new AsyncDisposableStack();
  const rng = createRng(seed);
  let prometheus: HttpFaults | undefined;
  const leaders = await openLeaders({
    ...{ folder, ending },
    async prometheusBehind(url) {
      prometheus = await startHttpFaults(url);
      ending.defer(async () => prometheus?.stop());
      return prometheus.url;
    },
  });
  if (prometheus === undefined) throw new Error('nothing stands before Prometheus');
  const world: SoakWorld = { ...leaders, rng, prometheus };
  const { roles, pod, before } = world;
  const named = [
    ['keeper', roles.keeper] as const,
    ...roles.operators.map((role, index) => [`operator ${index + 1}`, role] as const),
  ];
  const sampler = createUseSampler([
    ['keeper', [roles.keeper]],
    ['both operators', roles.operators],
  ]);
  const stopping = new AbortController();
  const running = [
    repeat(SAMPLE_MS, stopping.signal, () => sampler.sample()),
    // A keeper that is away is no fault of the page's.
    repeat(READ_MS, stopping.signal, (turn) => read(`${roles.keeper.page}${PATHS[turn % PATHS.length]}`)),
  ];
  const beganMs = performance.now();
  say(`soaked for ${(forMs / 60_000).toFixed(0)} min, seed ${seed}`);
  const counts = await disturb(world, beganMs, forMs, say);
  stopping.abort();
  await Promise.all(running);
  say(`went wrong: ${[...counts].map(([name, count]) => `${name} ${count}×`).join(', ')}`);
  for (const [name, { running }] of named) {
    const { exitCode, signalCode, pid } = running?.process ?? {};
    const ended = pid === undefined || (exitCode ?? signalCode) !== null;
    if (ended) report(`soak: ${name} lives`, new Error(`it ended with ${exitCode ?? signalCode}: ${running?.stderr}`));
  }
  // The last processes that were started began at a quarter; a third of the rest warms them up.
  for (const slope of sampler.slopes(beganMs + forMs / 2)) {
    report(`soak: ${textOf(slope)}`, slope.trouble === undefined ? undefined : new Error(slope.trouble));
  }
  try {
    await waitUntil('somebody to lead', () => roles.leader(), { timeoutMs: 60_000, everyMs: 500 });
    await checkNothingLost({ roles, pod }, before, { fromMs: Date.now() });
    report('soak: lost 0, doubled 0: every step of every detector is stored once');
  } catch (error) {
    report('soak: every step of every detector is stored once', error as Error);
    say(roles.said());
  }
}

/** One after the other, until the time is over. Resolves with how often each took place. */
async function disturb(world: SoakWorld, beganMs: number, forMs: number, say: SoakOptions['say']) {
  const counts = new Map<string, number>();
  for (;;) {
    const leftMs = beganMs + forMs - performance.now();
    if (leftMs <= 0) return counts;
    await pause(Math.min(leftMs, world.rng.uniform() * CALM_MS));
    const mayKill = performance.now() - beganMs < forMs / 4;
    const disturbance = pick(
      world.rng,
      DISTURBANCES.filter(({ kills }) => mayKill || !kills),
    );
    say(`${((performance.now() - beganMs) / 60_000).toFixed(1)} min: ${disturbance.name}`);
    counts.set(disturbance.name, (counts.get(disturbance.name) ?? 0) + 1);
    await disturbance.run(world);
  }
}

async function repeat(everyMs: number, signal: AbortSignal, work: (turn: number) => Promise<unknown>): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    await work(turn);
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function read(url: string): Promise<void> {
  await fetch(url, { signal: AbortSignal.timeout(5000) })
    .then((reply) => reply.arrayBuffer())
    .catch(() => undefined);
}

function textOf({ role, mebibytes, mebibytesPerHour, descriptors, descriptorsPerHour, spanMs }: Slope): string {
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
  return (
    `${role} holds ${mebibytes.toFixed(0)} MiB (${signed(mebibytesPerHour)} MiB/h) and ${descriptors} descriptors ` +
    `(${signed(descriptorsPerHour)}/h), over ${(spanMs / 60_000).toFixed(0)} min`
  );
}
