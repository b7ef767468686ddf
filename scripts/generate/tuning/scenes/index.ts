// The scenes of each method of the registry, under its name.
import type { AlgorithmName } from '#detect/index.ts';
import type { MethodScenes } from '../scene.ts';
import { auto } from './auto.ts';
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

export const SCENES = {
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
} as const satisfies Readonly<Record<AlgorithmName, MethodScenes>>;
