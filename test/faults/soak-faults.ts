// What goes wrong at random while the roles are soaked. Each resolves when it is over and everything runs again.
import { setTimeout as pause } from 'node:timers/promises';
import type { Rng } from '#stats/rng.ts';
import type { Role } from '../cluster/roles/processes.ts';
import type { HttpFault, HttpFaults } from './http-faults.ts';
import { type Leaders, signal } from './leaders.ts';

export interface SoakWorld extends Leaders {
  readonly rng: Rng;
  /** Before Prometheus. */
  readonly prometheus: HttpFaults;
}

export interface Disturbance {
  readonly name: string;
  /** Whether a process ends: what it holds begins anew then. */
  readonly kills: boolean;
  run(world: SoakWorld): Promise<void>;
}

const LONGEST_MS = 20_000;

export const DISTURBANCES: readonly Disturbance[] = [
  {
    name: 'connections to the API server reset',
    kills: false,
    run: async ({ rng, proxies }) => pick(rng, proxies).reset(),
  },
  {
    name: 'the API server silent for one operator',
    kills: false,
    async run({ rng, proxies }) {
      const proxy = pick(rng, proxies);
      proxy.pause();
      await pause(rng.uniform() * LONGEST_MS);
      proxy.resume();
    },
  },
  {
    name: 'the API server out of reach for one operator',
    kills: false,
    async run({ rng, proxies }) {
      const proxy = pick(rng, proxies);
      proxy.refuse(true);
      proxy.reset();
      await pause(rng.uniform() * LONGEST_MS);
      proxy.refuse(false);
    },
  },
  {
    name: 'Prometheus worse',
    kills: false,
    async run({ rng, prometheus }) {
      prometheus.choose = () => (rng.uniform() < 0.4 ? pick(rng, WORSE) : undefined);
      await pause(rng.uniform() * LONGEST_MS);
      prometheus.choose = () => undefined;
    },
  },
  {
    name: 'a role frozen',
    kills: false,
    async run({ rng, roles }) {
      const role = pick(rng, [roles.keeper, ...roles.operators]);
      signal(role, 'SIGSTOP');
      await pause(rng.uniform() * LONGEST_MS);
      signal(role, 'SIGCONT');
    },
  },
  {
    name: 'a role killed',
    kills: true,
    async run({ rng, roles }) {
      const role: Role = pick(rng, [roles.keeper, ...roles.operators]);
      await roles.kill(role);
      await pause(rng.uniform() * LONGEST_MS);
      await roles.start(role);
    },
  },
];

const WORSE: readonly HttpFault[] = [
  { kind: 'status', status: 503 },
  { kind: 'html' },
  { kind: 'cut', ratio: 0.5 },
  { kind: 'hang' },
];

export function pick<T>(rng: Rng, all: readonly T[]): T {
  const one = all[Math.floor(rng.uniform() * all.length)];
  if (one === undefined) throw new Error('there is nothing to choose from');
  return one;
}
