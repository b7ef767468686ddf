// The hot loop of a query's answer: `[1700000000.123,"0.25"],[…` from bytes into columns, without an object or a string
// for a sample, four digits at a time. It takes only what servers print nearly always and stops before anything else
// (exponents, Inf, white space, 19 digits, the end of the bytes), which the caller then reads in its own slower way.
import { HEAD_DIGITS, MOST_DIGITS, MOST_SCALE, toDouble } from './decimal.ts';

/** A plain sample is shorter: none that begins so far from the end of the bytes is cut. */
export const LONGEST_PLAIN = 80;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const OPEN = 91;
const CLOSE = 93;
/** `NaN"`, little-endian. */
const NAN_TEXT = 0x224e614e;
const POWERS = Int32Array.of(1, 10, 100, 1000);
/** Four of them. */
const ZEROS = 0x30303030;

export interface SampleColumns {
  timesMs: Float64Array;
  values: Float64Array;
  count: number;
}

/** The first eight digits of the last time, as bytes and as what they mean: they seldom change. */
interface LastTime {
  firstFour: number;
  nextFour: number;
  eightMs: number;
}

/**
 * Reads samples from `from`, which is at a `[`, as long as they are plain and begin before `limit`. Returns where it
 * stopped: at the `[` of the first sample it did not take, or right behind the last one of the array.
 */
export function scanSamples(view: DataView, from: number, limit: number, columns: SampleColumns): number {
  const { timesMs, values } = columns;
  const last: LastTime = { firstFour: 0, nextFour: 0, eightMs: Number.NaN };
  const room = timesMs.length;
  let count = columns.count;
  let at = from;
  while (at < limit && count < room) {
    // Both write what they read into its column: a number that a function gives back is an object on the heap.
    const text = readTime(view, at + 1, timesMs, count, last) + 2;
    if (text === 1 || view.getUint8(text - 2) !== COMMA || view.getUint8(text - 1) !== QUOTE) break;
    let end = readPlain(view, text, values, count);
    if (end < 0) {
      if (view.getInt32(text, true) !== NAN_TEXT) break;
      values[count] = Number.NaN;
      end = text + 3;
    }
    if (view.getUint8(end) !== QUOTE || view.getUint8(end + 1) !== CLOSE) break;
    count++;
    at = end + 2;
    if (view.getUint8(at) !== COMMA || view.getUint8(at + 1) !== OPEN) break;
    at++;
  }
  columns.count = count;
  return at;
}

/** Not 0 when any of four bytes is no digit; the lowest bit tells which is the first. A digit stays below 16 also with 6 added. */
function strangersIn(digits: number): number {
  return (digits | (digits + 0x06060606)) & 0xf0f0f0f0;
}

/** The number that four digits make, the first of them in the lowest byte. */
function joined(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff;
}

/** Ten digits of seconds with at most three decimals, as milliseconds. Returns where they end, or -1 for any other. */
function readTime(view: DataView, from: number, timesMs: Float64Array, index: number, last: LastTime): number {
  let at = from + 10;
  const firstFour = view.getInt32(from, true);
  const nextFour = view.getInt32(from + 4, true);
  if (firstFour !== last.firstFour || nextFour !== last.nextFour) {
    const first = firstFour ^ ZEROS;
    const next = nextFour ^ ZEROS;
    if ((strangersIn(first) | strangersIn(next)) !== 0) return -1;
    last.firstFour = firstFour;
    last.nextFour = nextFour;
    last.eightMs = (joined(first) * 10_000 + joined(next)) * 100_000;
  }
  const tens = view.getUint8(from + 8) ^ ZERO;
  const ones = view.getUint8(from + 9) ^ ZERO;
  if (tens > 9 || ones > 9) return -1;
  let restMs = (tens * 10 + ones) * 1000;
  if (view.getUint8(at) === DOT) {
    const dot = at++;
    for (let unit = 100; unit >= 1; unit /= 10, at++) {
      const digit = view.getUint8(at) ^ ZERO;
      if (digit > 9) break;
      restMs += digit * unit;
    }
    if (at === dot + 1) return -1;
  }
  timesMs[index] = last.eightMs + restMs;
  return at;
}

/** Digits with at most one point among them: the double nearest to them. Returns where they end, or -1 for any other. */
function readPlain(view: DataView, from: number, values: Float64Array, index: number): number {
  const isNegative = view.getUint8(from) === MINUS;
  const start = isNegative ? from + 1 : from;
  let at = start;
  let dot = -1;
  let head = 0;
  let headDigits = 0;
  let tail = 0;
  let tailDigits = 0;
  // Zeros before the first other digit do not count.
  if (view.getUint8(at) === ZERO) {
    at++;
    if (view.getUint8(at) === DOT) {
      dot = at++;
      while (at - dot <= MOST_SCALE && view.getUint8(at) === ZERO) at++;
    }
  }
  for (;;) {
    const digits = view.getInt32(at, true) ^ ZEROS;
    const strangers = strangersIn(digits);
    if (strangers === 0) {
      at += 4;
      if (headDigits <= HEAD_DIGITS - 4) {
        head = Math.imul(head, 10_000) + joined(digits);
        headDigits += 4;
      } else {
        tail = tail * 10_000 + joined(digits);
        tailDigits += 4;
        if (tailDigits > MOST_DIGITS) return -1;
      }
      continue;
    }
    const width = (31 - Math.clz32(strangers & (~strangers + 1))) >>> 3;
    // What follows is pushed out, and zeros come in at the front. (A shift by 32 would be none.)
    const few = joined((digits << (8 * (3 - width))) << 8);
    at += width;
    if (tailDigits === 0 && headDigits + width <= HEAD_DIGITS) {
      head = Math.imul(head, POWERS[width] as number) + few;
      headDigits += width;
    } else {
      tail = tail * (POWERS[width] as number) + few;
      tailDigits += width;
    }
    if (dot >= 0 || view.getUint8(at) !== DOT) break;
    dot = at++;
  }
  const scale = dot < 0 ? 0 : at - dot - 1;
  // A point needs a digit on either side.
  if (at === start || dot === start || dot === at - 1) return -1;
  if (headDigits + tailDigits > MOST_DIGITS || scale > MOST_SCALE) return -1;
  const value = toDouble(head, tail, tailDigits, headDigits + tailDigits, scale);
  values[index] = isNegative ? -value : value;
  return Number.isNaN(value) ? -1 : at;
}
