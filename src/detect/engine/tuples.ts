// Rows of whole numbers, each held once and known by a number of its own: what names a quarter of a million series takes
// a few words of each here, where texts as keys take hundreds of bytes. Open addressing with linear probing; what goes is
// filled up from behind, so that there are no graves. A row costs its words and about twenty bytes.
import { roomIn } from './column.ts';
import { createStretches } from './stretches.ts';

export interface Tuples {
  /** Its number, from 0 on; it has one holder more than before. */
  hold(words: readonly number[]): number;
  /** The same by its number. */
  holdAgain(number: number): number;
  /** It has one holder less. Its words when that was the last: its number may then be another's. */
  drop(number: number): readonly number[] | undefined;
  holders(number: number): number;
  wordsOf(number: number): number[];
}

/** Of a row in the store: its length and its holders, then its words. */
const HOLDERS = 1;
const WORDS = 2;

export function createTuples(): Tuples {
  const store = createStore();
  /** A number and 1, or 0 for none; a power of two of them, at most three quarters taken. */
  let slots = new Int32Array(8);

  /** The slot of the row, or the empty one where it would be. */
  function slotOf(words: readonly number[]): number {
    const mask = slots.length - 1;
    let slot = hashOf(words, 0, words.length) & mask;
    for (let taken = slots[slot] as number; taken !== 0; taken = slots[slot] as number) {
      if (store.isAt(taken - 1, words)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function spreadOut(): void {
    if (store.count() * 4 <= slots.length * 3) return;
    const before = slots;
    slots = new Int32Array(before.length * 2);
    const mask = slots.length - 1;
    for (const taken of before) {
      if (taken === 0) continue;
      let slot = store.hashOf(taken - 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = taken;
    }
  }

  /** Empties the slot; those behind it that would have been there, had it been free, move up. */
  function empty(slot: number): void {
    const mask = slots.length - 1;
    let hole = slot;
    for (let next = (slot + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = store.hashOf((slots[next] as number) - 1) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = slots[next] as number;
      hole = next;
    }
    slots[hole] = 0;
  }

  function holdAgain(number: number): number {
    store.countHolder(number, 1);
    return number;
  }

  return {
    hold(words) {
      const slot = slotOf(words);
      const known = (slots[slot] as number) - 1;
      if (known >= 0) return holdAgain(known);
      const number = store.add(words);
      slots[slot] = number + 1;
      spreadOut();
      return number;
    },
    holdAgain,
    drop(number) {
      if (store.countHolder(number, -1) > 0) return undefined;
      const words = store.wordsOf(number);
      empty(slotOf(words));
      store.remove(number);
      return words;
    },
    holders: (number) => store.countHolder(number, 0),
    wordsOf: store.wordsOf,
  };
}

/** The rows themselves, one behind the other, by number. */
function createStore() {
  const stretches = createStretches();
  const free: number[] = [];
  let store = new Int32Array(0);
  /** By number, where it is in the store. */
  let places = new Int32Array(0);
  let numbers = 0;

  const placeOf = (number: number) => places[number] as number;

  return {
    /** With one holder. */
    add(words: readonly number[]): number {
      const number = free.pop() ?? numbers++;
      const from = stretches.take(words.length + WORDS);
      store = roomIn(store, stretches.end);
      places = roomIn(places, numbers);
      store[from] = words.length;
      store[from + HOLDERS] = 1;
      store.set(words, from + WORDS);
      places[number] = from;
      return number;
    },
    remove(number: number): void {
      const from = placeOf(number);
      stretches.give(from, (store[from] as number) + WORDS);
      free.push(number);
    },
    count: () => numbers - free.length,
    /** How many holders that makes. */
    countHolder(number: number, change: number): number {
      const at = placeOf(number) + HOLDERS;
      const holders = (store[at] as number) + change;
      store[at] = holders;
      return holders;
    },
    isAt(number: number, words: readonly number[]): boolean {
      const from = placeOf(number);
      let same = store[from] === words.length;
      for (let index = 0; same && index < words.length; index++) same = store[from + WORDS + index] === words[index];
      return same;
    },
    hashOf: (number: number) => hashOf(store, placeOf(number) + WORDS, store[placeOf(number)] as number),
    wordsOf(number: number): number[] {
      const from = placeOf(number);
      const words: number[] = [];
      for (let index = 0; index < (store[from] as number); index++) words.push(store[from + WORDS + index] as number);
      return words;
    },
  };
}

/** Spread evenly, also over rows of small numbers: steps and finish of MurmurHash3 (Appleby 2011). */
function hashOf(words: ArrayLike<number>, from: number, length: number): number {
  let hash = length;
  for (let index = from; index < from + length; index++) {
    const mixed = Math.imul(words[index] as number, 0xcc9e2d51);
    hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
