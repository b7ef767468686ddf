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
  auto: { logNormal: [7.1, 2.1], exponential: [4.0, 0.4], oneInTen: [4.6, 0.0] },
  ema: { logNormal: [2.2, 0.4], exponential: [1.9, 0.1], oneInTen: [4.6, 0.0] },
  'median-iqr': { logNormal: [7.1, 2.1], exponential: [4.0, 0.4], oneInTen: [4.6, 0.0] },
  'median-mad': { logNormal: [9.2, 3.0], exponential: [5.5, 0.6], oneInTen: [4.6, 0.0] },
  'rolling-z-score': { logNormal: [2.3, 0.5], exponential: [2.0, 0.1], oneInTen: [4.6, 0.0] },
};
