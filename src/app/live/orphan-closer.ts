// Closes, once for each detector, what the last run (or the last leader) left open and this one does not find again.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import { closeOrphans, type OrphanOptions } from '#pipeline/orphans.ts';
import { isObserved } from '#resource/observe/catalogue.ts';
import type { Store } from '#store/contract.ts';

export interface OrphanCloserOptions {
  readonly open: OrphanOptions['open'];
  readonly sink: Pick<LiveSink, 'isOpen' | 'writeFindings' | 'storedMs'>;
  /** The wall clock: the time of closing is stored. */
  readonly clock: Clock;
  readonly log: Log;
  /** Ends what is tried again. */
  readonly signal: AbortSignal;
}

export interface OrphanCloser {
  /** `name` is for once only; `isTheirs` says of a finding's detector whether it is meant. */
  (name: string, isTheirs: (detector: string) => boolean): void;
  /** What is told of declared detectors: one that is gone may come again, as another one. */
  readonly ofDetectors: {
    onFirstCheck(detector: string): void;
    onForgotten(detector: string): void;
    /** All that are declared are known: of the others nobody will ever look for the first time. */
    onKnown(isChecked: (detector: string) => boolean): void;
  };
}

const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 120_000;
/** Between two rounds: who looks meanwhile shares the next one. */
const GATHER_MS = 5000;

export function orphanCloser({ open, sink, clock, log, signal }: OrphanCloserOptions): OrphanCloser {
  const begun = new Set<string>();
  const startedMs = clock.nowMs();
  const options: OrphanOptions = {
    open,
    isOpen: (id) => sink.isOpen(id),
    lookedUntilMs: ({ seenMs }, nowMs) => (seenMs < startedMs ? sink.storedMs : nowMs),
    write: (closed, nowMs) => (signal.aborted ? Promise.resolve() : sink.writeFindings(closed, nowMs)),
  };
  /** Of those that have looked and whose orphans were not looked for yet. */
  let waiting = new Map<string, (detector: string) => boolean>();
  let working = false;
  const close = async (some: ReadonlyMap<string, (detector: string) => boolean>): Promise<void> => {
    const isTheirs = (detector: string) => [...some.values()].some((one) => one(detector));
    const detectors = some.size === 1 ? [...some.keys()][0] : some.size;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const closed = await closeOrphans(options, isTheirs, clock.nowMs());
        if (closed > 0) log.info({ detectors, closed }, 'closed what was left open before');
        return;
      } catch (error) {
        // Who was replaced closes nothing more: its successor does.
        if (signal.aborted || (error instanceof AppError && error.code === 'stale-epoch')) return;
        if (failures === 0) log.warn({ err: error, detectors }, 'what was left open before is not closed yet');
        await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
      }
    }
  };
  const work = async (): Promise<void> => {
    working = true;
    while (waiting.size > 0 && !signal.aborted) {
      const some = waiting;
      waiting = new Map();
      await close(some);
      // Ten thousand look for the first time within minutes, and all that is open is read for each of these rounds.
      await clock.sleep(GATHER_MS, signal);
    }
    working = false;
  };
  const closeOnce = (name: string, isTheirs: (detector: string) => boolean): void => {
    if (begun.has(name)) return;
    begun.add(name);
    waiting.set(name, isTheirs);
    if (!working) void work();
  };
  const ofDetectors: OrphanCloser['ofDetectors'] = {
    onFirstCheck: (detector) => closeOnce(detector, (other) => other === detector),
    onForgotten: (detector) => void begun.delete(detector),
    onKnown: (isChecked) => closeOnce('unchecked', (other) => !isObserved(other) && !isChecked(other)),
  };
  return Object.assign(closeOnce, { ofDetectors });
}

/** What a store in this process has open. */
export function openIn(store: Pick<Store, 'findings'>): OrphanOptions['open'] {
  return (limit, cursor) => store.findings({ open: true, limit, ...(cursor === undefined ? {} : { cursor }) });
}
