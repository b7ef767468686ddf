// Flags as bytes, for wires and disks. The low byte has been there from the first version; the high one follows it only where
// one of its bits is set, so that what nobody uses costs nothing, and what was written before reads as it did.

export function lowBytes(flags: Uint16Array): Uint8Array {
  return Uint8Array.from(flags, (bits) => bits & 0xff);
}

/** Undefined where none of its bits is set. */
export function highBytes(flags: Uint16Array): Uint8Array | undefined {
  return flags.some((bits) => bits > 0xff) ? Uint8Array.from(flags, (bits) => bits >> 8) : undefined;
}

/** As long as the low bytes; high ones that are not there are 0. */
export function joinFlags(low: Uint8Array, high?: Uint8Array): Uint16Array {
  return Uint16Array.from(low, (bits, index) => bits | ((high?.[index] ?? 0) << 8));
}
