// A sorted window of fixed capacity inside a Float64Array: the order statistics of the last n values at O(log n) to find
// and one short move to insert or remove. For the windows of monitoring (tens to hundreds of values) the move of
// neighbouring memory beats every tree and every pair of heaps. The slice belongs to the caller; nothing is allocated.

/** Moves shorter than this are done by hand: the call of `copyWithin` costs more. */
const BY_HAND = 32;

/** Where `value` would go in the ascending slice: the first index in `from .. from + count` whose value is not smaller. */
export function lowerBound(sorted: Float64Array, from: number, count: number, value: number): number {
  let low = from;
  let high = from + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts `value` into the slice of `count` values, which must have room behind it. Returns the new count. */
export function insertSorted(sorted: Float64Array, from: number, count: number, value: number): number {
  const at = lowerBound(sorted, from, count, value);
  move(sorted, at + 1, at, from + count);
  sorted[at] = value;
  return count + 1;
}

/** Takes one value equal to `value`, which must be there, out of the slice. Returns the new count. */
export function removeSorted(sorted: Float64Array, from: number, count: number, value: number): number {
  const at = lowerBound(sorted, from, count, value);
  move(sorted, at, at + 1, from + count);
  return count - 1;
}

/** Takes `old`, which must be there, out and puts `value` in: only what lies between the two moves. */
export function replaceSorted(sorted: Float64Array, from: number, count: number, old: number, value: number): void {
  const gap = lowerBound(sorted, from, count, old);
  if (value > old) {
    const at = lowerBound(sorted, gap, from + count - gap, value) - 1;
    move(sorted, gap, gap + 1, at + 1);
    sorted[at] = value;
  } else {
    const at = lowerBound(sorted, from, gap - from, value);
    move(sorted, at + 1, at, gap);
    sorted[at] = value;
  }
}

/** `copyWithin(to, start, end)` where `to` is one beside `start`. */
function move(values: Float64Array, to: number, start: number, end: number): void {
  if (end - start > BY_HAND) {
    values.copyWithin(to, start, end);
  } else if (to < start) {
    for (let index = start; index < end; index++) values[index - 1] = values[index] as number;
  } else {
    for (let index = end - 1; index >= start; index--) values[index + 1] = values[index] as number;
  }
}
