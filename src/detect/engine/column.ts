// Columns that grow: figures of many series in one array each, because an object a series costs more than what it holds.

/** The column, or a copy of it when it has not so many places; a quarter more than it had, so that copies are few. */
export function roomIn(column: Int32Array<ArrayBuffer>, places: number): Int32Array<ArrayBuffer> {
  if (places <= column.length) return column;
  const grown = new Int32Array(roomFor(column.length, places));
  grown.set(column);
  return grown;
}

/** How many places to make where there were `had` and so many are needed. */
export function roomFor(had: number, places: number): number {
  return Math.max(places, had + (had >> 2) + 2);
}
