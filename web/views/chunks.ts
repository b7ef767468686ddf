// The views that are fetched when they are first shown.
import { createChunk } from '../core/chunk.ts';

export const laterViews = createChunk(() => import('./later.ts'));
