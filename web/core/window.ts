// Which rows of a long list are worth drawing: those in view and a few around them. All rows are equally high.

export interface RowWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

export function visibleRows(scrollTop: number, height: number, rowHeight: number, count: number, extra = 8): RowWindow {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - extra));
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + extra);
  return { first, end: Math.max(first, end) };
}

/** Where to scroll so that a row is in view; undefined when it is already. */
export function scrollToRow(row: number, scrollTop: number, height: number, rowHeight: number): number | undefined {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return undefined;
}
