// Reads JSON in pieces, token by token: where it stands between the items of a list or an object, and what texts stand
// there. A token that is cut gives undefined (or 'more', or false), nothing of it was read, and it is asked for again.
import type { AppError } from '#kit/errors.ts';
import { parseJson } from './answer-text.ts';
import { type ByteWindow, createByteWindow } from './byte-window.ts';
import { createJsonSkipper, endOfValue, type JsonSkipper } from './json-skipper.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;

export class JsonReader {
  readonly window: ByteWindow = createByteWindow();
  /** Between the items of the innermost list: none yet, one before without a comma, or a comma. */
  comma: 'none' | 'wanted' | 'given' = 'none';
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #refuse: (what: string) => AppError;
  #skipper: JsonSkipper | undefined;

  /** `refuse` makes the error of a body that is not as it should be. */
  constructor(refuse: (what: string) => AppError) {
    this.#refuse = refuse;
  }

  /** The next byte that is no white space, which it goes to; -1 when there is none yet. */
  peek(): number {
    const { bytes } = this.window;
    let { at } = this.window;
    let byte = bytes[at];
    while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = bytes[++at];
    this.window.at = at;
    return byte ?? -1;
  }

  /** Goes to the next item of a list or an object, or behind its end. */
  nextItem(close: number): 'item' | 'end' | 'more' {
    for (;;) {
      const byte = this.peek();
      if (byte < 0) return 'more';
      if (byte === close && this.comma !== 'given') {
        this.window.at++;
        return 'end';
      }
      if (this.comma !== 'wanted') return 'item';
      if (byte !== COMMA) throw this.#refuse('a comma was expected');
      this.window.at++;
      this.comma = 'given';
    }
  }

  /** A key with the colon behind it. */
  readKey(): string | undefined {
    const { window } = this;
    const from = window.at;
    if (window.bytes[from] !== QUOTE) throw this.#refuse('a key was expected');
    const key = this.readString();
    if (key === undefined) return undefined;
    const byte = this.peek();
    if (byte < 0) window.at = from;
    else if (byte !== COLON) throw this.#refuse('a colon was expected');
    if (byte < 0) return undefined;
    window.at++;
    return key;
  }

  readString(): string | undefined {
    const text = this.readValueText();
    if (text === undefined) return undefined;
    const value = parseJson(text);
    if (typeof value !== 'string') throw this.#refuse('a text in quotes was expected');
    return value;
  }

  /** The text of a whole value. */
  readValueText(): string | undefined {
    const { bytes, at } = this.window;
    const end = endOfValue(bytes, at);
    if (end < 0) return undefined;
    this.window.at = end;
    return this.textAt(at, end);
  }

  textAt(from: number, end: number): string {
    try {
      return this.#decoder.decode(this.window.bytes.subarray(from, end));
    } catch {
      throw this.#refuse('it is not UTF-8');
    }
  }

  beginSkip(): void {
    this.#skipper = createJsonSkipper();
  }

  /** Goes on behind the value; false when that goes on in the next piece. */
  skip(): boolean {
    const { bytes, at } = this.window;
    const end = this.#skipper?.skip(bytes, at) ?? at;
    this.window.at = end < 0 ? bytes.length : end;
    return end >= 0;
  }
}
