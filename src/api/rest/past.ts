// What was found long ago, from the store: the list of a moment holds only the newest findings, but a figure over the
// quiet hours must count all of them. What is over does not change, so each range is read once.
import type { Finding } from '#model/finding.ts';
import type { Store, TimeRange } from '#store/contract.ts';
import type { Source } from './replay-control.ts';

/** All that a figure needs of a finding; tens of thousands of them are kept. */
export type PastFinding = Pick<Finding, 'id' | 'entity' | 'seenMs' | 'closedSeenMs'>;

export interface Past {
  /** Every finding of the store that was open in the range, in no order. The caller leaves out what is not known yet. */
  findings(range: TimeRange, nowMs: number): Promise<readonly PastFinding[]>;
}

const PAGE = 500;
/** Ranges kept: quiet hours and faults of one tape. */
const MOST_RANGES = 1000;

export function createPast(store: Store, replay: Source): Past {
  const over = new Map<string, Promise<readonly PastFinding[]>>();
  return {
    findings(range, nowMs) {
      // After a jump back the store is filled anew: what is read in the meantime is not all there will be.
      const filling = replay.state().state === 'catching-up';
      if (filling) over.clear();
      const key = `${range.fromMs} ${range.toMs}`;
      const known = over.get(key);
      if (known !== undefined) return known;
      const reading = readAll(store, range);
      if (!filling && nowMs >= range.toMs && over.size < MOST_RANGES) {
        over.set(key, reading);
        reading.catch(() => over.delete(key));
      }
      return reading;
    },
  };
}

async function readAll(store: Store, range: TimeRange): Promise<PastFinding[]> {
  const findings: PastFinding[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.findings({ range, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id, entity, seenMs, closedSeenMs } of page.findings)
      findings.push({ id, entity, seenMs, ...(closedSeenMs === undefined ? {} : { closedSeenMs }) });
    cursor = page.next;
  } while (cursor !== undefined);
  return findings;
}
