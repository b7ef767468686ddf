// The findings as they were known at a moment of the replay. The store may hold more than the playhead has reached (after
// a restart), and a page must never show what production could not have known yet.
import { endOf, type Finding } from '#model/finding.ts';
import type { Store } from '#store/contract.ts';

/** More than anybody reads; a set of detectors that makes more on one tape is too loud to be looked at one by one. */
export const MOST_FINDINGS = 5000;
const PAGE = 500;

/** The finding as it was known at `nowMs`: undefined before it was confirmed, open before it was known to be closed. */
export function knownAt(finding: Finding, nowMs: number): Finding | undefined {
  if (finding.seenMs > nowMs) return undefined;
  const peak = finding.peak.timeMs > nowMs ? finding.opening : finding.peak;
  if (finding.closedSeenMs !== undefined && finding.closedSeenMs <= nowMs) return finding;
  const { endMs: _end, closedMs: _closed, closedSeenMs: _seen, ...open } = finding;
  return { ...open, peak };
}

export function isOpen(finding: Finding): boolean {
  return finding.closedSeenMs === undefined;
}

/** For so long after a finding ended it colours amber. */
const AFTERGLOW_MS = 10 * 60_000;

/** By the moment that is told as its end, so that nothing amber says that it ended longer ago. */
export function justEnded(finding: Finding, nowMs: number): boolean {
  const endMs = endOf(finding);
  return endMs !== undefined && endMs > nowMs - AFTERGLOW_MS;
}

/** The newest findings of the store, at most MOST_FINDINGS; `leftOut` is how many older ones there are. */
export async function readFindings(store: Store): Promise<{ findings: readonly Finding[]; leftOut: number }> {
  const findings: Finding[] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await store.findings({ order: 'newest', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const finding of page.findings) findings.push(finding);
    cursor = page.next;
    total = page.total;
  } while (cursor !== undefined && findings.length < MOST_FINDINGS);
  // The list may shrink and grow between two pages; with the last page read, nothing is left out.
  const leftOut = cursor === undefined ? 0 : Math.max(0, total - findings.length);
  return { findings, leftOut };
}

/** Newest first by when they were known; ties by id, so that the order is the same at each reading. */
export function newestFirst(a: Finding, b: Finding): number {
  return b.seenMs - a.seenMs || (a.id < b.id ? -1 : 1);
}

/** Tells two lists apart when anything that a page shows of them differs, also when only time has passed. */
export function fingerprint(findings: readonly Finding[], nowMs: number): string {
  return findings
    .map((finding) => {
      const { id, peak, closedSeenMs = '' } = finding;
      return `${id} ${peak.timeMs} ${closedSeenMs} ${justEnded(finding, nowMs)}`;
    })
    .join('\n');
}
