// What share of points lies beyond ±3 and ±6 sigmas when nothing at all is wrong, for shapes of data that are not normal:
// ±3 is as rare as 3σ of a normal only where data are roughly that. Measured on independent draws with the defaults and a
// point a minute; the conformance suite measures again, and docs/algorithms.md prints them.

/** In percent, two figures a shape: beyond ±3, beyond ±6. */
export interface NullShares {
  /** exp of a standard normal. */
  readonly logNormal: readonly [beyond3: number, beyond6: number];
  readonly exponential: readonly [beyond3: number, beyond6: number];
  /** 1 in one of ten points, else 0. */
  readonly oneInTen: readonly [beyond3: number, beyond6: number];
}

/** By algorithm: those that estimate a baseline and leave the scored point out of it. */
export const NULL_SHARES: Readonly<Record<string, NullShares>> = {
  auto: { logNormal: [1.9, 0.1], exponential: [0.9, 0.0], oneInTen: [0.5, 0.0] },
  cusum: { logNormal: [3.8, 0.1], exponential: [2.2, 0.0], oneInTen: [7.7, 0.2] },
  differencing: { logNormal: [4.1, 0.7], exponential: [2.2, 0.1], oneInTen: [17.7, 0.3] },
  ema: { logNormal: [2.2, 0.4], exponential: [1.9, 0.1], oneInTen: [4.6, 0.0] },
  'half-space-trees': { logNormal: [0.5, 0.0], exponential: [0.5, 0.0], oneInTen: [1.1, 1.0] },
  'holt-winters': { logNormal: [3.2, 0.7], exponential: [2.2, 0.2], oneInTen: [9.2, 0.1] },
  'local-polynomial': { logNormal: [3.2, 0.7], exponential: [2.2, 0.2], oneInTen: [9.2, 0.1] },
  'median-iqr': { logNormal: [7.1, 2.1], exponential: [4.0, 0.4], oneInTen: [4.6, 0.0] },
  'median-mad': { logNormal: [9.2, 3.0], exponential: [5.5, 0.6], oneInTen: [4.6, 0.0] },
  'rolling-z-score': { logNormal: [2.3, 0.5], exponential: [2.0, 0.1], oneInTen: [4.6, 0.0] },
  sarima: { logNormal: [3.0, 0.7], exponential: [2.2, 0.2], oneInTen: [8.1, 0.2] },
  'seasonal-bands': { logNormal: [3.2, 0.7], exponential: [2.2, 0.2], oneInTen: [9.3, 0.1] },
};
