// A log for tests that keeps the sentences it was given.
import type { Log } from '#kit/log.ts';

export function createTestLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const write = (_values: unknown, message?: unknown) => {
    lines.push(String(message));
  };
  const log = { debug: () => {}, info: write, warn: write, error: write } as unknown as Log;
  return { log, lines };
}
