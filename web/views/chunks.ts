// The views that are fetched when they are first shown.
import { createChunk } from '../core/chunk.ts';

export const laterViews = createChunk(() => import('./later.ts'));
/** With the whole library of detection in it: whoever opens another page does not fetch that. */
export const backtestView = createChunk(() => import('./backtest/backtest.tsx'));
