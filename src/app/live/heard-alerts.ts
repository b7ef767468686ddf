// Counts what was not kept of the alerts that others say, on its way into the store.
import type { AlertBook } from '#store/contract.ts';

export interface HeardCounts {
  /** Firing ones for which there was no room: whoever told of them was told so. */
  readonly refused: number;
  /** Resolved ones that left before their time, for newer ones. */
  readonly leftEarly: number;
}

/** The book, and what it did not keep since now. */
export function countHeard(book: AlertBook): { readonly book: AlertBook; counts(): HeardCounts } {
  const count = { refused: 0, leftEarly: 0 };
  return {
    counts: () => count,
    book: {
      ...book,
      async hear(alerts) {
        const heard = await book.hear(alerts);
        count.refused += heard.refused;
        count.leftEarly += heard.leftEarly;
        return heard;
      },
    },
  };
}
