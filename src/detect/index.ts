// The registry of detection algorithms, in alphabetical order. A new one is a file and a line here; parser, schema,
// documentation, page and conformance suite follow.
import { auto } from './auto.ts';
import type { Algorithm } from './contract.ts';
import { ema } from './ema.ts';
import { medianIqr } from './median-iqr.ts';
import { medianMad } from './median-mad.ts';
import { rollingZScore } from './rolling-z-score.ts';
import { staticThreshold } from './static-threshold.ts';
import { zScore } from './z-score.ts';

export const ALGORITHMS = {
  auto,
  ema,
  'median-iqr': medianIqr,
  'median-mad': medianMad,
  'rolling-z-score': rollingZScore,
  'static-threshold': staticThreshold,
  'z-score': zScore,
} as const satisfies Record<string, Algorithm>;

export type AlgorithmName = keyof typeof ALGORITHMS;

export { createEngine } from './engine.ts';
export { createJudge } from './judge.ts';
