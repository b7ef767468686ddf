// Who leads, by a Lease of 15 s that is renewed every 2 s and must be renewed within 10 s. Clocks of two machines are never
// compared: another's lease has ended when it did not change for 15 s of our own time. A lease is no fence, so each term
// has an epoch (`leaseTransitions`) for the store to refuse older ones, and the epoch is gone the moment the term may not
// have been renewed, also for a process that was frozen and wakes up.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { KubeClient, Leader } from './contract.ts';
import { hasStatus } from './kube-error.ts';
import { createLeaseStore, type Lease, type LeaseStore } from './lease-store.ts';
import { createTermHolder, type Term } from './term.ts';

export interface LeaderOptions {
  readonly client: KubeClient;
  /** Where the lease is. */
  readonly namespace: string;
  /** Of the lease: `tidewatch-operator` unless told. */
  readonly name?: string;
  /** Of this process: two runs must not share one, or a stale one would be taken for the new one. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Asked at each write: a term of a lower epoch than this goes on under this one. For a store that has seen a higher one. */
  atLeastEpoch?(): number;
  /** The new epoch, or undefined when this one does not lead any more. Called before anything else happens. */
  onChange?(epoch: number | undefined): void;
}

const RENEW_WITHIN_MS = 10_000;
const RETRY_MS = 2000;
const REQUEST_MS = 5000;

export function createLeader(options: LeaderOptions): Leader {
  const { clock, log, identity, random, atLeastEpoch = () => 0 } = options;
  const store = createLeaseStore(options.client, options.namespace, options.name ?? 'tidewatch-operator');
  const stopping = new AbortController();
  const term = createTermHolder(clock, RENEW_WITHIN_MS, (epoch) => announce(options, epoch));
  let holder: string | undefined;
  let seen: { readonly version: string; readonly sinceMs: number } | undefined;
  let highest = 0;
  const trouble = createTroubleNote(options);
  let running: Promise<void> | undefined;

  const note = (lease: Lease | undefined) => {
    holder = lease?.holder;
    highest = Math.max(highest, lease?.transitions ?? 0);
    if (lease !== undefined && lease.version !== seen?.version)
      seen = { version: lease.version, sinceMs: clock.nowMs() };
    return lease;
  };
  const lead = (lease: Lease, startedMs: number) => {
    note(lease);
    term.lead(lease, startedMs);
  };
  const renew = async ({ lease, epoch, untilMs }: Term) => {
    const startedMs = clock.nowMs();
    const timeoutMs = Math.max(1, Math.min(REQUEST_MS, untilMs - startedMs));
    const raised = atLeastEpoch() > epoch ? { transitions: atLeastEpoch() } : {};
    try {
      lead(await store.update(lease, { holder: identity, nowMs: startedMs, ...raised }, timeoutMs), startedMs);
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      const found = note(await store.read(timeoutMs));
      // Somebody put a label on it: it is ours all the same.
      if (found?.holder === identity && found.transitions === epoch) term.follow(found);
      else term.end();
    }
  };
  const stand = async () => {
    const startedMs = clock.nowMs();
    const found = note(await store.read(REQUEST_MS));
    // Higher than any that was seen, also when somebody deleted the lease.
    const next = { holder: identity, nowMs: startedMs, transitions: Math.max(highest + 1, atLeastEpoch()) };
    if (found === undefined) return lead(await store.create(next, REQUEST_MS), startedMs);
    const hasEnded = clock.nowMs() - (seen?.sinceMs ?? startedMs) >= found.durationMs;
    if (found.holder === '' || hasEnded) lead(await store.update(found, next, REQUEST_MS), startedMs);
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        if (term.current === undefined) term.end();
        await (term.current === undefined ? stand() : renew(term.current));
        trouble.over();
      } catch (error) {
        trouble.note(error);
      }
      // A moment after its end: what is left just before it is no time to ask anybody.
      const leftMs = (term.current?.untilMs ?? Number.POSITIVE_INFINITY) - clock.nowMs() + 5;
      await clock.sleep(Math.min(RETRY_MS * (1 + random() / 5), Math.max(0, leftMs)), stopping.signal);
    }
  };
  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
      const { last } = term;
      term.end();
      if (last !== undefined) await release(store, last, clock, log);
    },
    get epoch() {
      return term.current?.epoch;
    },
    get holder() {
      return holder;
    },
    get trouble() {
      return trouble.now;
    },
  };
}

function announce({ log, identity, onChange }: LeaderOptions, epoch: number | undefined): void {
  log.info({ identity, epoch }, epoch === undefined ? 'leads no more' : 'leads');
  try {
    onChange?.(epoch);
  } catch (error) {
    log.error({ error: String(error) }, 'a listener of the leader threw');
  }
}

async function release(store: LeaseStore, { lease }: Term, clock: Clock, log: Log): Promise<void> {
  try {
    await store.update(lease, { holder: '', nowMs: clock.nowMs() }, REQUEST_MS);
  } catch (error) {
    log.warn({ error: String(error) }, 'the lease was not released; it ends by itself');
  }
}

/** Each sentence is logged once, however often it is heard. */
function createTroubleNote({ log, identity, clock }: LeaderOptions) {
  let now: Leader['trouble'];
  const over = () => {
    now = undefined;
  };
  return {
    get now() {
      return now;
    },
    over,
    note(error: unknown) {
      // Who was first took it; that is how it is meant.
      if (hasStatus(error, 409)) return over();
      const message = error instanceof Error ? error.message : String(error);
      if (message !== now?.message) log.warn({ identity }, message);
      now = { message, sinceMs: now?.sinceMs ?? clock.nowMs() };
    },
  };
}
