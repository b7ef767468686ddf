// A finding's name: the same for the same settings, family and confirmed time, on every machine and in every replay.
// FNV-1a with 64 bits (Fowler, Noll, Vo 1991); findings are few, so BigInt is fast enough.

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/** 16 hex digits. */
export function findingId(settings: string, family: string, confirmedMs: number): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(`${settings}\n${family}\n${confirmedMs}`)) {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, '0');
}
