// The smallest pieces of the tape format: whole numbers of any size in few bytes (LEB128; signed ones zigzag) and strings.
// The reader trusts nothing: whatever would reach past the end, or past what a double holds, is `Malformed`.

/** What is read does not follow the format. The reader of the tape says which tape, and where. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends `count` bytes and returns them to be filled in; valid until the next call. */
  #grow(count: number): Uint8Array {
    const end = this.#length + count;
    if (end > this.#bytes.length) {
      const bigger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      bigger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = bigger;
    }
    const room = this.#bytes.subarray(this.#length, end);
    this.#length = end;
    return room;
  }

  byte(value: number): void {
    this.#grow(1)[0] = value;
  }

  /** A whole number from 0 to 2^53 − 1. */
  unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** A whole number from −2^52 to 2^52 − 1: small either way takes few bytes. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  raw(bytes: Uint8Array): void {
    this.#grow(bytes.length).set(bytes);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.unsigned(bytes.length);
    this.raw(bytes);
  }

  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new Malformed('a value reaches past the end');
    this.#at++;
    return value;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new Malformed('a whole number is too large');
      if (byte < 0x80) return value;
      if (scale > 2 ** 49) throw new Malformed('a whole number is too long');
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A number of things that follow, each of at least `leastBytes`; so it bounds what may be allocated for them. */
  count(leastBytes: number): number {
    const count = this.unsigned();
    if (count * leastBytes > this.left) throw new Malformed(`${count} things do not fit in ${this.left} bytes`);
    return count;
  }

  raw(length: number): Uint8Array {
    if (length > this.left) throw new Malformed('a column reaches past the end');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    const bytes = this.raw(this.count(1));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  end(): void {
    if (this.left > 0) throw new Malformed(`${this.left} bytes are left over`);
  }
}
