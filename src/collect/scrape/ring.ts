// The newest samples of one series, in flat arrays that grow as they fill and then turn round: a bound on memory that costs
// nothing before it is reached. Times ascend strictly.

export interface Ring {
  /** A time that is not after the newest takes the place of all that it is not after: a clock was set back. */
  push(timeMs: number, value: number): void;
  readonly length: number;
  /** From the oldest, 0; NaN beyond. */
  timeAt(index: number): number;
  valueAt(index: number): number;
}

const FIRST_SIZE = 8;

export function createRing(capacity: number): Ring {
  let times = new Float64Array(Math.min(FIRST_SIZE, capacity));
  let values = new Float64Array(times.length);
  let start = 0;
  let length = 0;

  const place = (index: number) => (start + index) % times.length;
  const at = (column: Float64Array, index: number) =>
    index >= 0 && index < length ? (column[place(index)] ?? Number.NaN) : Number.NaN;
  const grow = () => {
    const size = Math.min(capacity, 2 * times.length);
    const inOrder = (column: Float64Array) => {
      const grown = new Float64Array(size);
      for (let index = 0; index < length; index++) grown[index] = at(column, index);
      return grown;
    };
    [times, values, start] = [inOrder(times), inOrder(values), 0];
  };

  return {
    push(timeMs, value) {
      while (length > 0 && at(times, length - 1) >= timeMs) length--;
      if (length === times.length && length < capacity) grow();
      if (length === times.length) start = place(1);
      else length++;
      times[place(length - 1)] = timeMs;
      values[place(length - 1)] = value;
    },
    get length() {
      return length;
    },
    timeAt: (index) => at(times, index),
    valueAt: (index) => at(values, index),
  };
}
