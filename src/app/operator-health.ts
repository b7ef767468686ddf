// Whether the operator that leads gets on: its term must not fail again and again. That the keeper is away is not its fault, and
// what is found meanwhile waits in the spool.
import type { KeeperClientStats } from '#store/keeper/client.ts';
import type { TermTrouble } from './operator-terms.ts';

/** One that failed once is repaired within a second. */
const AGAIN_AND_AGAIN = 2;

/** Why it is not ready; undefined when its term runs well, or there is none. */
export function failingReason(trouble: TermTrouble | undefined, nowMs: number): string | undefined {
  if (trouble === undefined || trouble.failures < AGAIN_AND_AGAIN) return undefined;
  const sinceS = Math.round((nowMs - trouble.sinceMs) / 1000);
  return `the term failed ${trouble.failures} times in a row, for ${sinceS} s: ${trouble.message}`;
}

/** What is stuck though it is ready. */
export function operatorNotes({ trouble, spoolRecords, spoolBytes }: KeeperClientStats): string[] {
  if (trouble === undefined) return [];
  const since = new Date(trouble.sinceMs).toISOString();
  return [`keeper: ${trouble.message}, since ${since}; ${spoolRecords} batches (${spoolBytes} bytes) wait here`];
}
