// A binary heap: the least element first.

export interface Heap<T> {
  readonly size: number;
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
  /** Leaves only what is wanted. */
  keep(wanted: (item: T) => boolean): void;
}

export function createHeap<T>(order: (a: T, b: T) => number): Heap<T> {
  let items: T[] = [];
  const at = (index: number): T => items[index] as T;
  const swap = (a: number, b: number): void => {
    const item = at(a);
    items[a] = at(b);
    items[b] = item;
  };
  const rise = (from: number): void => {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (order(at(index), at(parent)) >= 0) return;
      swap(index, parent);
      index = parent;
    }
  };
  const sink = (from: number): void => {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= items.length) return;
      const least = left + 1 < items.length && order(at(left + 1), at(left)) < 0 ? left + 1 : left;
      if (order(at(least), at(index)) >= 0) return;
      swap(index, least);
      index = least;
    }
  };
  return {
    get size() {
      return items.length;
    },
    push(item) {
      items.push(item);
      rise(items.length - 1);
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink(0);
      }
      return first;
    },
    keep(wanted) {
      items = items.filter(wanted);
      // Sorted is a heap.
      items.sort(order);
    },
  };
}
