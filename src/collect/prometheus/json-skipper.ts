// Finds where JSON values end, in bytes that come in pieces. It looks only at strings and brackets: what is passed over
// is not judged otherwise.
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Where one value is passed over; it remembers how deep it is from one piece to the next. */
export interface JsonSkipper {
  /** Goes on from `at`. Returns where the value ends, or -1 when it goes on in the next piece. */
  skip(bytes: Uint8Array, at: number): number;
}

export function createJsonSkipper(): JsonSkipper {
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  return {
    skip(bytes, from) {
      for (let at = from; at < bytes.length; at++) {
        const byte = bytes[at];
        if (inString) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) {
            inString = false;
            if (depth === 0) return at + 1;
          }
        } else if (byte === QUOTE) inString = true;
        else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
        else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
          // At no depth it closes what a plain value (a number, null) stands in.
          if (depth === 0) return at;
          if (--depth === 0) return at + 1;
        } else if (byte === COMMA && depth === 0) return at;
      }
      return -1;
    },
  };
}

/** Where the value that begins at `at` ends, or -1 when it is not all there. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  return createJsonSkipper().skip(bytes, at);
}
