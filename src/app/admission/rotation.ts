// Which certificate is served. A new one is taken only when all three bundles have had its authority for a moment, so that no
// API server meets one that it cannot believe; until then the former goes on. That the API server cannot be reached keeps
// nobody from being answered.
import { X509Certificate } from 'node:crypto';
import { type Certificates, certificatesIn } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { hasStatus } from '#kube/kube-error.ts';
import type { Bundles } from './bundles.ts';
import type { AdmissionMetrics } from './metrics.ts';
import type { Leaf } from './server.ts';

export interface RotationDeps {
  /** As they lie in the folder now. */
  readonly certificates: Certificates;
  readonly bundles: Bundles;
  use(leaf: Leaf): void;
  readonly metrics: Pick<AdmissionMetrics, 'retried'>;
  /** From a change of a bundle until every API server has heard of it. */
  readonly settleMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called at each turn. */
  beat?(): void;
}

export interface Rotation {
  /** Looks once; `start` does so again and again. */
  look(signal?: AbortSignal): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  /** Why it is no use to be asked, in a sentence. */
  ready(): string | undefined;
  notes(): readonly string[];
  /** Of the certificate that is served. */
  readonly endMs: number;
}

interface State {
  served: Pick<Certificates, 'cert' | 'key' | 'ca'>;
  /** Since when that certificate is served. */
  takenMs: number;
  /** Since when all bundles have had what `wholeFor` says. */
  wholeMs: number | undefined;
  wholeFor: string;
  /** When they are looked at again. */
  nextMs: number;
  wasWhole: boolean;
  absent: readonly string[];
  trouble: string | undefined;
}

const TURN_MS = 1000;
/** While nothing is to be changed: who empties a bundle is put right within this. */
const EVERY_MS = 10_000;

export function createRotation(deps: RotationDeps): Rotation {
  const { certificates, bundles, clock, log, settleMs } = deps;
  const stopping = new AbortController();
  const state: State = {
    ...{ served: snapshotOf(certificates), takenMs: clock.nowMs(), wholeMs: undefined, wholeFor: '', nextMs: 0 },
    ...{ wasWhole: false, absent: [], trouble: undefined },
  };
  let running: Promise<void> | undefined;

  async function look(signal: AbortSignal = stopping.signal): Promise<void> {
    const found = snapshotOf(certificates);
    const isNew = found.cert !== state.served.cert || found.key !== state.served.key;
    const own = [...new Set([...certificatesIn(state.served.ca), ...certificatesIn(found.ca)])].sort();
    if (own.join('') !== state.wholeFor) Object.assign(state, { wholeMs: undefined, wholeFor: own.join('') });
    if (isNew || isPending() || clock.nowMs() >= state.nextMs) await fill(own, signal);
    if (!isPending()) state.wasWhole = true;
    // One that has ended is believed by nobody: then the new one is at least worth trying.
    const isOver = endOf(state.served.cert) <= clock.nowMs();
    if (isNew && (isOver || !isPending())) {
      deps.use(found);
      state.takenMs = clock.nowMs();
      log.info({ ends: new Date(endOf(found.cert)).toISOString() }, 'serves a new certificate');
    }
    if (!isNew || isOver || !isPending()) state.served = found;
  }

  function isPending(): boolean {
    return state.wholeMs === undefined || clock.nowMs() - state.wholeMs < settleMs;
  }

  async function fill(own: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const { changed, absent } = await bundles.fill(own, signal);
      if (changed) log.info({ authorities: own.length }, 'the API server is told whom to trust');
      if (changed || state.wholeMs === undefined) state.wholeMs = clock.nowMs();
      Object.assign(state, { absent, trouble: undefined, nextMs: clock.nowMs() + EVERY_MS });
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      deps.metrics.retried('bundle', hasStatus(error, 409) || hasStatus(error, 422) ? 'conflict' : 'away');
      if (message !== state.trouble) log.warn({ err: error }, 'the CA bundles could not be looked at: trying again');
      Object.assign(state, { trouble: message, nextMs: clock.nowMs() + EVERY_MS });
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      deps.beat?.();
      await look();
      await clock.sleep(TURN_MS, stopping.signal);
    }
  }

  return {
    look,
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    ready: () => reasonOf(state, clock.nowMs()),
    notes: () => [
      ...state.absent.map((what) => `${what} is not there, or does not ask us`),
      ...(state.trouble === undefined ? [] : [state.trouble]),
    ],
    get endMs() {
      return endOf(state.served.cert);
    },
  };
}

function reasonOf({ served, takenMs, wasWhole, trouble }: State, nowMs: number): string | undefined {
  const leftMs = endOf(served.cert) - nowMs;
  if (leftMs <= shortOf(leftMs + nowMs - takenMs)) {
    return `its certificate ends in ${Math.max(0, Math.floor(leftMs / 1000))} s, and no new one has come`;
  }
  return wasWhole ? undefined : (trouble ?? 'the API server is not known yet to trust it');
}

function snapshotOf({ cert, key, ca }: Certificates) {
  return { cert, key, ca };
}

function endOf(cert: string): number {
  return new X509Certificate(cert).validToDate.getTime();
}

/** The last minute, or the last twentieth of what a short one had left when it was taken. */
function shortOf(lifeMs: number): number {
  return Math.min(60_000, lifeMs / 20);
}
