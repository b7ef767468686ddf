// Rows of which some are odd, by a seed: what detectors of odd rows are held against.
import type { Matrix } from '#stats/least-squares.ts';
import { createRng } from '#stats/rng.ts';

const COLS = 6;
const ODD_RATIO = 0.05;
/** Hardly a value lies beyond ± this. */
export const FARTHEST = 8;

/** Two clouds, and rows that lie about them a little wider, and on one side between them. */
export function scattered(rows: number): { readonly matrix: Matrix; readonly odd: Uint8Array } {
  const rng = createRng(256);
  const odd = new Uint8Array(rows);
  const values = new Float64Array(rows * COLS);
  for (let row = 0; row < rows; row++) {
    odd[row] = rng.uniform() < ODD_RATIO ? 1 : 0;
    const centre = rng.uniform() < 0.5 ? -3 : 3;
    for (let col = 0; col < COLS; col++) {
      const spread = odd[row] === 1 ? 1.8 : 1;
      values[row * COLS + col] = (odd[row] === 1 && col === 0 ? 0 : centre) + spread * rng.normal();
    }
  }
  return { matrix: { rows, cols: COLS, values }, odd };
}
