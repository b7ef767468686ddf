// A log for tests that keeps the sentences it was given, and which of them a user would see.
import type { Log } from '#kit/log.ts';

export function createTestLog(): { readonly log: Log; readonly lines: string[]; readonly warnings: string[] } {
  const lines: string[] = [];
  const warnings: string[] = [];
  const write = (_values: unknown, message?: unknown) => {
    lines.push(String(message));
  };
  const warn = (values: unknown, message?: unknown) => {
    warnings.push(String(message));
    write(values, message);
  };
  const log = { debug: () => {}, info: write, warn, error: warn } as unknown as Log;
  return { log, lines, warnings };
}
