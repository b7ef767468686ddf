// Gives out stretches of neighbouring places in a column, and gives those again that came back: by length, because what comes
// after a series that went is mostly as long.

export interface Stretches {
  /** The first place of so many that nobody has. */
  take(length: number): number;
  give(from: number, length: number): void;
  /** All places given out so far are below. */
  readonly end: number;
}

export function createStretches(): Stretches {
  const free = new Map<number, number[]>();
  let end = 0;
  return {
    take(length) {
      const again = free.get(length)?.pop();
      if (again !== undefined) return again;
      const from = end;
      end += length;
      return from;
    },
    give(from, length) {
      const given = free.get(length);
      if (given === undefined) free.set(length, [from]);
      else given.push(from);
    },
    get end() {
      return end;
    },
  };
}
