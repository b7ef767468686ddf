// Which partition a series belongs to: the same answer for worker threads, Kafka and snapshots. The family decides, not
// the single series, so that near copies are judged together without a merge step (docs/decisions/0003).
import { familyKey, type Labels } from './series.ts';

export const PARTITIONS = 64;

/** FNV-1a, 32 bit, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** 0 ≤ partition < PARTITIONS; series of one family share it. */
export function partitionOf(labels: Labels): number {
  return fnv1a(familyKey(labels)) % PARTITIONS;
}
