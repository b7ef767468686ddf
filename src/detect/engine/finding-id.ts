// A finding's name: the same for the same detector, settings, family and confirmed time, on every machine and in every
// replay. The detector is the one that opened it: what two detectors find each by itself is never one finding.
// FNV-1a with 64 bits (Fowler, Noll, Vo 1991); findings are few, so BigInt is fast enough.

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/** 16 hex digits. */
export function findingId(detector: string, settings: string, family: string, confirmedMs: number): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(`${detector}\n${settings}\n${family}\n${confirmedMs}`)) {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, '0');
}
