// The last few residuals as one score: their squares together are as rare as so many sigmas of one normal (chi-squared). What
// is a little off for a while shows, where no single point would. The sign is the side on which most of it lies.
import { chiSquaredUpper, chiSquaredUpperQuantile } from '#stats/chi-squared.ts';
import { normalQuantile, normalUpper } from '#stats/normal.ts';
import { SCORE_CAP } from './sigma.ts';

/** Beyond it tails come near the least number there is; sigmas then grow as the root of the sum does. */
const FAR = 1000;

export interface BlockScale {
  /** Squares of standard normals together beyond which a block is beyond ±3. */
  readonly limit: number;
  /** How many sigmas of a normal a sum of squares is worth: 0 or more, capped. */
  sigmasOf(squares: number): number;
}

/** The scale of `points` (1 or more) residuals. */
export function blockScale(points: number): BlockScale {
  const sigmas = (squares: number) => -normalQuantile(chiSquaredUpper(squares, points) / 2);
  const far = sigmas(FAR);
  return {
    limit: chiSquaredUpperQuantile(2 * normalUpper(3), points),
    sigmasOf: (squares) =>
      Math.min(SCORE_CAP, squares > FAR ? Math.sqrt(squares - FAR + far * far) : Math.max(0, sigmas(squares))),
  };
}
