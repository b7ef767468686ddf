// Who leads, by a Lease of 15 s that is renewed every 2 s and must be renewed within 10 s. Clocks of two machines are never
// compared: another's lease has ended when it did not change for 15 s of our own time. A lease is no fence, so each term
// has an epoch (`leaseTransitions`) for the store to refuse older ones, and the epoch is gone the moment the term may not
// have been renewed, also for a process that was frozen and wakes up.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { KubeClient, Leader } from './contract.ts';
import { hasStatus } from './kube-error.ts';
import { createLeaseSight, MOST_EPOCH } from './lease-sight.ts';
import { createLeaseStore, type Lease, type LeaseStore } from './lease-store.ts';
import { createTermHolder, type Moment, type Term } from './term.ts';

export interface LeaderOptions {
  readonly client: KubeClient;
  /** Where the lease is. */
  readonly namespace: string;
  /** Of the lease: `tidewatch-operator` unless told. */
  readonly name?: string;
  /** Of this process: two runs must not share one, or a stale one would be taken for the new one. */
  readonly identity: string;
  /** One that never steps: for what is waited for. */
  readonly clock: Clock;
  /** For times that others read, and to notice that the machine slept; `clock` unless told. */
  readonly wall?: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Asked at each write: a term of a lower epoch than this goes on under this one. For a store that has seen a higher one. */
  atLeastEpoch?(): number;
  /** The new epoch, or undefined when this one does not lead any more. Called before anything else happens. */
  onChange?(epoch: number | undefined): void;
}

const LEASE = 'tidewatch-operator';
const RENEW_WITHIN_MS = 10_000;
const RETRY_MS = 2000;
const REQUEST_MS = 5000;

export function createLeader(options: LeaderOptions): Leader {
  const { clock, log, identity, random, atLeastEpoch = () => 0 } = options;
  const wall = options.wall ?? clock;
  const store = createLeaseStore(options.client, options.namespace, options.name ?? LEASE);
  const stopping = new AbortController();
  const term = createTermHolder({ clock, wall }, RENEW_WITHIN_MS, (epoch) => announce(options, epoch));
  const sight = createLeaseSight(clock);
  const trouble = createTroubleNote(options);
  /** The first epoch that this very process tried to lead under: later ones of its name are its own as well. */
  let firstEpoch = Number.POSITIVE_INFINITY;
  let running: Promise<void> | undefined;

  const now = (): Moment => ({ steadyMs: clock.nowMs(), wallMs: wall.nowMs() });
  const lead = (lease: Lease, started: Moment) => void term.lead(sight.note(lease), started);
  const renew = async ({ lease, epoch, untilMs }: Term) => {
    const started = now();
    const timeoutMs = Math.max(1, Math.min(REQUEST_MS, untilMs - started.steadyMs));
    const raised = atLeastEpoch() > epoch ? { transitions: atLeastEpoch() } : {};
    try {
      lead(await store.update(lease, { holder: identity, nowMs: started.wallMs, ...raised }, timeoutMs), started);
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      const found = sight.note(await store.read(timeoutMs));
      // Somebody put a label on it: it is ours all the same.
      if (found?.holder === identity && found.transitions === epoch) term.follow(found);
      else term.end();
    }
  };
  const stand = async () => {
    const started = now();
    const found = sight.note(await store.read(REQUEST_MS));
    // Higher than any that was seen, also when somebody deleted the lease.
    const next = {
      holder: identity,
      nowMs: started.wallMs,
      transitions: Math.max(sight.highestEpoch + 1, atLeastEpoch()),
    };
    // One that this process could not renew in time was nobody else's meanwhile: there is nothing to wait for.
    const isOwn = found?.holder === identity && found.transitions >= firstEpoch;
    const isOld = sight.unchangedMs() >= (found?.durationMs ?? 0);
    if (found !== undefined && found.holder !== '' && !isOwn && !isOld) return;
    checkCount(found, options);
    firstEpoch = Math.min(firstEpoch, next.transitions);
    const written = found === undefined ? store.create(next, REQUEST_MS) : store.update(found, next, REQUEST_MS);
    lead(await written, started);
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
      if (last !== undefined) await release(store, last, wall, log);
    },
    get epoch() {
      return term.current?.epoch;
    },
    get holder() {
      return sight.holder;
    },
    get trouble() {
      return trouble.now;
    },
  };
}

/** Nobody leads until somebody mends it: whoever takes it for 0 would write beside who leads under it. */
function checkCount(found: Lease | undefined, { namespace, name = LEASE }: LeaderOptions): void {
  if (found === undefined || found.transitions < MOST_EPOCH) return;
  throw new AppError(
    'bad-input',
    `the lease ${name} in ${namespace} counts ${MOST_EPOCH} terms, and no more can be counted: somebody edited it. Begin ` +
      `anew: kubectl delete lease ${name} -n ${namespace}`,
  );
}

function announce({ log, identity, onChange }: LeaderOptions, epoch: number | undefined): void {
  log.info({ identity, epoch }, epoch === undefined ? 'leads no more' : 'leads');
  try {
    onChange?.(epoch);
  } catch (error) {
    log.error({ error: String(error) }, 'a listener of the leader threw');
  }
}

async function release(store: LeaseStore, { lease }: Term, wall: Clock, log: Log): Promise<void> {
  try {
    await store.update(lease, { holder: '', nowMs: wall.nowMs() }, REQUEST_MS);
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
