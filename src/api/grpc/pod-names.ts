// Names of pods in a report, each told once: a list of pods is runs of places in one table, and in the table a name says only
// where it differs from the one before. Ten thousand detectors with thirty pods each are 3 MB instead of 12.
import { AppError } from '#kit/errors.ts';

/** One character, base 36, says how much is shared. */
const BASE = 36;
const MOST_SHARED = BASE - 1;

export interface NameTable {
  /** As many as were added. */
  readonly size: number;
  /** Pairs of a first place and a count. The order of the names does not count. */
  add(names: readonly string[]): number[];
  /** Forgets all from this place on. */
  cut(size: number): void;
  list(): readonly string[];
}

export function createNameTable(): NameTable {
  const places = new Map<string, number>();
  const names: string[] = [];
  const packed: string[] = [];
  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    packed.push(pack(name, names.at(-1) ?? ''));
    places.set(name, names.length);
    return names.push(name) - 1;
  };
  return {
    get size() {
      return names.length;
    },
    add(given) {
      const runs: number[] = [];
      for (const name of given.toSorted()) {
        const place = placeOf(name);
        const last = runs.length - 1;
        if (last > 0 && place === (runs[last - 1] ?? 0) + (runs[last] ?? 0)) runs[last] = (runs[last] ?? 0) + 1;
        else runs.push(place, 1);
      }
      return runs;
    },
    cut(size) {
      for (const name of names.splice(size)) places.delete(name);
      packed.length = size;
    },
    list: () => packed,
  };
}

function pack(name: string, before: string): string {
  let shared = 0;
  while (shared < MOST_SHARED && shared < name.length && name[shared] === before[shared]) shared++;
  return shared.toString(BASE) + name.slice(shared);
}

/** Bytes of a packed name within JSON. */
export function bytesOfName(packed: string): number {
  return Buffer.byteLength(JSON.stringify(packed)) + 1;
}

export interface NameReader {
  /** The names of the runs, sorted. Throws `bad-input` for what is in no table, and beyond `most` names in all. */
  read(runs: readonly number[]): string[];
}

export function createNameReader(packed: readonly string[], most: number): NameReader {
  let before = '';
  const names = packed.map((entry) => {
    before = before.slice(0, Number.parseInt(entry[0] ?? '0', BASE)) + entry.slice(1);
    return before;
  });
  let left = most;
  return {
    read(runs) {
      const found: string[] = [];
      for (let at = 0; at + 1 < runs.length; at += 2) {
        const [first = 0, count = 0] = [runs[at], runs[at + 1]];
        left -= count;
        if (first + count > names.length || left < 0)
          throw new AppError('bad-input', 'the report names pods that it lacks');
        for (let place = first; place < first + count; place++) found.push(names[place] ?? '');
      }
      return found;
    },
  };
}
