// Makes alerts of the findings that a store takes, and messages of what becomes of them. Findings, alerts and messages are
// committed together, so that after a crash each change is made again as a whole or not at all.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { createWaker } from '#kit/waker.ts';
import type { Alert } from '#model/alert.ts';
import { type Book, RESOLVED_FOR_MS } from './contract.ts';
import { createLedger } from './ledger.ts';

export interface TellerOptions {
  readonly book: Book;
  /** Names of those that are told. */
  readonly receivers: readonly string[];
  /** An alert is over when nothing of it was open for so long. */
  readonly holdMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Messages wait that did not before. */
  onMessages(): void;
  /** What fires is another. */
  onChanged?(): void;
}

export interface TellerStats {
  readonly firing: number;
  readonly pending: number;
  /** Since the start. */
  readonly fired: number;
  readonly resolved: number;
  /** Findings for which there was no room, and messages that had to go for newer ones. */
  readonly crowded: number;
  readonly dropped: number;
  readonly failures: number;
}

export interface Teller {
  /** Ours: those that fire, and those that were resolved lately. */
  alerts(): readonly Alert[];
  /** Findings were stored. */
  wake(): void;
  stats(): TellerStats;
  close(): Promise<void>;
}

/** How late somebody is told, at most, because time has passed. */
const TICK_MS = 5000;
const STORE_PAUSE_MS = 5000;

/** Begins at once; rejects when what is stored cannot be read. */
export async function startTeller(options: TellerOptions): Promise<Teller> {
  const { book, receivers, holdMs, clock, log } = options;
  const stored = await book.alerts(clock.nowMs() - RESOLVED_FOR_MS);
  const ledger = createLedger(
    stored.filter(({ source }) => source === 'own'),
    holdMs,
  );
  const ending = new AbortController();
  const count = { fired: 0, resolved: 0, crowded: 0, dropped: 0, failures: 0 };
  const waker = createWaker(clock);

  /** Whether there may be more. */
  const round = async (): Promise<boolean> => {
    const changes = await book.changes();
    const nowMs = clock.nowMs();
    const step = ledger.step(changes?.findings ?? [], nowMs);
    const { put, forget, turned } = step;
    if (changes === undefined && put.length === 0 && forget.length === 0) return false;
    const tell = turned.flatMap(({ key }) => receivers.map((receiver) => ({ receiver, key })));
    const commit = { put, forget, tell, nowMs, ...(changes !== undefined && { handled: changes.number }) };
    count.dropped += await book.commit(commit);
    ledger.apply(step, nowMs);
    count.crowded += step.crowded;
    for (const { state } of turned) count[state === 'firing' ? 'fired' : 'resolved']++;
    if (tell.length > 0) options.onMessages();
    if (turned.length > 0) options.onChanged?.();
    return changes !== undefined;
  };
  const run = async () => {
    while (!ending.signal.aborted) {
      try {
        if (!(await round())) await waker.rest(TICK_MS);
      } catch (error) {
        if (count.failures++ === 0) log.error({ err: error }, 'alerts cannot be made of findings: it is tried again');
        await clock.sleep(STORE_PAUSE_MS, ending.signal);
      }
    }
  };
  const running = run();
  return {
    alerts: ledger.alerts,
    wake: waker.wake,
    stats: () => ({ ...count, ...ledger.counts() }),
    async close() {
      ending.abort();
      waker.wake();
      await running;
    },
  };
}
