// The registry of detection algorithms, in alphabetical order. A new one is a file and a line here; parser, schema,
// documentation, page and conformance suite follow.
import { auto } from './auto.ts';
import type { Algorithm } from './contract.ts';
import { cusum } from './cusum.ts';
import { differencing } from './differencing.ts';
import { ema } from './ema.ts';
import { halfSpaceTrees } from './half-space-trees.ts';
import { holtWinters } from './holt-winters.ts';
import { isolationForest } from './isolation-forest.ts';
import { localPolynomial } from './local-polynomial.ts';
import { medianIqr } from './median-iqr.ts';
import { medianMad } from './median-mad.ts';
import { rollingZScore } from './rolling-z-score.ts';
import { sarima } from './sarima.ts';
import { seasonalBands } from './seasonal-bands.ts';
import { slowTrend } from './slow-trend.ts';
import { spectralResidual } from './spectral-residual.ts';
import { staticThreshold } from './static-threshold.ts';
import { stlResidual } from './stl-residual.ts';
import { zScore } from './z-score.ts';

export const ALGORITHMS = {
  auto,
  cusum,
  differencing,
  ema,
  'half-space-trees': halfSpaceTrees,
  'holt-winters': holtWinters,
  'isolation-forest': isolationForest,
  'local-polynomial': localPolynomial,
  'median-iqr': medianIqr,
  'median-mad': medianMad,
  'rolling-z-score': rollingZScore,
  sarima,
  'seasonal-bands': seasonalBands,
  'slow-trend': slowTrend,
  'spectral-residual': spectralResidual,
  'static-threshold': staticThreshold,
  'stl-residual': stlResidual,
  'z-score': zScore,
} as const satisfies Record<string, Algorithm>;

export type AlgorithmName = keyof typeof ALGORITHMS;

export { createEngine } from './engine/engine.ts';
export { createJudge } from './engine/judge.ts';
export { GUARD_PARAMS, THRESHOLD_PARAM } from './guard-params.ts';
export { methodField } from './method-field.ts';
