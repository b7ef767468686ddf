// Lines out of a stream of bytes: a chunk may end anywhere, also within a letter. A line that lies within one chunk is
// decoded where it lies; only one that spans chunks is put together first, once. One that is too long is let go while it
// comes, so that no server can fill the memory.

export interface LineReader {
  /** Hands over each line that ends in this chunk, without its newline. Empty lines are skipped. */
  push(chunk: Uint8Array): void;
  /** Bytes of a line that has begun and not ended; at the end of a stream they are half a line. */
  readonly pendingBytes: number;
}

export interface LineReaderOptions {
  readonly maxBytes: number;
  onLine(line: string): void;
  /** Called at the end of a line that was longer than `maxBytes`. */
  onTooLong(sizeBytes: number): void;
}

const NEWLINE = 10;

export function createLineReader({ maxBytes, onLine, onTooLong }: LineReaderOptions): LineReader {
  let pieces: Buffer[] = [];
  let pendingBytes = 0;

  const hold = (piece: Buffer) => {
    pendingBytes += piece.length;
    if (pendingBytes > maxBytes) pieces = [];
    // A chunk's memory may be used again by whoever gave it.
    else if (piece.length > 0) pieces.push(Buffer.from(piece));
  };
  const finish = (tail: Buffer) => {
    const sizeBytes = pendingBytes + tail.length;
    const held = pieces;
    pieces = [];
    pendingBytes = 0;
    if (sizeBytes > maxBytes) onTooLong(sizeBytes);
    else if (sizeBytes > 0)
      onLine(held.length === 0 ? tail.toString('utf8') : Buffer.concat([...held, tail]).toString('utf8'));
  };
  return {
    get pendingBytes() {
      return pendingBytes;
    },
    push: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let from = 0;
      for (;;) {
        const end = bytes.indexOf(NEWLINE, from);
        if (end < 0) break;
        finish(bytes.subarray(from, end));
        from = end + 1;
      }
      if (from < bytes.length) hold(bytes.subarray(from));
    },
  };
}
