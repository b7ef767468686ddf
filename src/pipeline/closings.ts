// Findings that are to be closed because nobody checks their detector any more. There is no later check that would try
// again what could not be written, so this does, until it is stored or the successor's to close.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Finding } from '#model/finding.ts';

export interface ClosingsOptions {
  /** Durable when it resolves. */
  readonly write: (closed: readonly Finding[]) => Promise<void>;
  /** One that never steps. */
  readonly clock: Clock;
  /** Told once for each row of failures. */
  onFailure(error: unknown): void;
}

export interface Closings {
  add(closed: readonly Finding[]): void;
  readonly waiting: number;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export function createClosings({ write, clock, onFailure }: ClosingsOptions): Closings {
  const waiting = new Map<string, Finding>();
  const stopping = new AbortController();
  let writing: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let failures = 0; waiting.size > 0 && !stopping.signal.aborted; ) {
      const batch = [...waiting.values()];
      try {
        await write(batch);
        failures = 0;
      } catch (error) {
        if (failures++ === 0) onFailure(error);
        // Who was replaced closes nothing more.
        if (!(error instanceof AppError && error.code === 'stale-epoch')) {
          await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), stopping.signal);
          continue;
        }
      }
      for (const finding of batch) if (waiting.get(finding.id) === finding) waiting.delete(finding.id);
    }
    writing = undefined;
  }

  return {
    add(closed) {
      for (const finding of closed) waiting.set(finding.id, finding);
      if (waiting.size > 0 && !stopping.signal.aborted) writing ??= work();
    },
    get waiting() {
      return waiting.size;
    },
    async stop() {
      stopping.abort();
      await writing;
    },
  };
}
