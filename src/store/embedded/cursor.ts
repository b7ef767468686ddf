// A cursor says after which row a page goes on: the values that rows are ordered by. Rows that come in between neither
// shift the pages nor show twice.
import { AppError } from '#kit/errors.ts';

export interface Cursor {
  readonly order: 'newest' | 'worst';
  /** What the rows are ordered by: `seenMs` or the peak's size. */
  readonly value: number;
  readonly id: string;
}

export function writeCursor({ order, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([order, String(value), id])).toString('base64url');
}

/** Throws `bad-input` for text that no page of this order has returned. */
export function readCursor(text: string, order: Cursor['order']): Cursor {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(parts) && parts.length === 3 && parts[0] === order && typeof parts[2] === 'string') {
      const value = Number(parts[1]);
      if (typeof parts[1] === 'string' && parts[1] !== '' && !Number.isNaN(value))
        return { order, value, id: parts[2] };
    }
  } catch {
    // Not even JSON: refused below.
  }
  throw new AppError('bad-input', `the cursor is not one of a list ordered by ${order}: begin again without one`);
}
