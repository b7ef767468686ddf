// Findings that were open when the last run ended. What a detector finds again has the same id and goes on; what it does not
// find again would stay open for ever: it is closed once the detector has looked.
import type { Finding } from '#model/finding.ts';

export interface OpenPage {
  readonly findings: readonly Finding[];
  readonly next?: string;
}

export interface OrphanOptions {
  /** A page of what the store says is open; `next` is the cursor of the following one. */
  readonly open: (limit: number, cursor?: string) => Promise<OpenPage>;
  /** Findings that are open in this run. */
  readonly isOpen: (id: string) => boolean;
  /** Durable when it resolves. */
  readonly write: (closed: readonly Finding[], nowMs: number) => Promise<void>;
  /** Until when somebody looked at it. */
  readonly lookedUntilMs: (finding: Finding, nowMs: number) => number;
}

const PAGE = 200;

/** Closes the open findings of these detectors that this run does not know; returns how many. */
export async function closeOrphans(
  { open, isOpen, write, lookedUntilMs }: OrphanOptions,
  isTheirs: (detector: string) => boolean,
  nowMs: number,
): Promise<number> {
  const orphans: Finding[] = [];
  let cursor: string | undefined;
  do {
    const page: OpenPage = await open(PAGE, cursor);
    for (const finding of page.findings) {
      if (isTheirs(finding.detector) && !isOpen(finding.id))
        orphans.push(closedAt(finding, nowMs, lookedUntilMs(finding, nowMs)));
    }
    cursor = page.next;
  } while (cursor !== undefined);
  if (orphans.length > 0) await write(orphans, nowMs);
  return orphans.length;
}

/** The finding, closed because nobody looks any more: as long as somebody did it was open, and the page said so. */
export function closedAt(finding: Finding, nowMs: number, lookedUntilMs = nowMs): Finding {
  const endMs = Math.max(finding.confirmedMs, finding.peak.timeMs, Math.min(lookedUntilMs, nowMs));
  return { ...finding, endMs, closedMs: nowMs, closedSeenMs: nowMs };
}
