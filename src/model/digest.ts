// A short name for a long text, where a quarter of a million texts of hundreds of letters would be held only to know them again:
// 128 bits as sixteen letters, which V8 holds in 32 bytes. Of a million texts two have the same with a probability of 10⁻²⁷.
// MurmurHash3_x86_128 (Appleby 2011) with seed 0 over the text's UTF-16 code units, little-endian; it is no protection against
// who looks for a collision. O(length).

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
/** Code units of a block of four words. */
const BLOCK = 8;

/** The same sixteen letters (of code units below 256) for the same text, in the order of the hash's bytes. */
export function digestOf(text: string): string {
  const [a, b, c, d] = digestWords(text);
  // In one piece: what is joined of several would be held in several.
  return String.fromCharCode(...bytesOf(a), ...bytesOf(b), ...bytesOf(c), ...bytesOf(d));
}

/** The same as four words of 32 bits. */
export function digestWords(text: string): [number, number, number, number] {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = text.length - (text.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) {
    a = Math.imul(turn((a ^ mix(wordAt(text, at), C1, 15, C2)) | 0, 19) + b, 5) + 0x561ccd1b;
    b = Math.imul(turn((b ^ mix(wordAt(text, at + 2), C2, 16, C3)) | 0, 17) + c, 5) + 0x0bcaa747;
    c = Math.imul(turn((c ^ mix(wordAt(text, at + 4), C3, 17, C4)) | 0, 15) + d, 5) + 0x96cd1c35;
    d = Math.imul(turn((d ^ mix(wordAt(text, at + 6), C4, 18, C1)) | 0, 13) + a, 5) + 0x32ac3b17;
  }
  // What is left of a block; a word that is not there is 0, and changes nothing.
  d ^= mix(wordAt(text, whole + 6), C4, 18, C1);
  c ^= mix(wordAt(text, whole + 4), C3, 17, C4);
  b ^= mix(wordAt(text, whole + 2), C2, 16, C3);
  a ^= mix(wordAt(text, whole), C1, 15, C2);
  const sizeBytes = text.length * 2;
  [a, b, c, d] = spread(a ^ sizeBytes, b ^ sizeBytes, c ^ sizeBytes, d ^ sizeBytes);
  return spread(finish(a), finish(b), finish(c), finish(d));
}

/** Two code units as one word; 0 beyond the end. */
function wordAt(text: string, at: number): number {
  return (at < text.length ? text.charCodeAt(at) : 0) | ((at + 1 < text.length ? text.charCodeAt(at + 1) : 0) << 16);
}

function turn(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(word: number, first: number, bits: number, second: number): number {
  return Math.imul(turn(Math.imul(word, first), bits), second);
}

/** Each depends on all. */
function spread(a: number, b: number, c: number, d: number): [number, number, number, number] {
  const sum = (a + b + c + d) | 0;
  return [sum, (b + sum) | 0, (c + sum) | 0, (d + sum) | 0];
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function bytesOf(bits: number): [number, number, number, number] {
  return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24];
}
