// From what counts up to how much a second, sample by sample. A counter that falls has begun again at zero; after a gap
// nobody knows what it did, so it begins anew. Never negative.

export interface Rater {
  /** The increase per second since the sample before; NaN for the first one, after a gap, and for what is missing. */
  rate(series: string, timeMs: number, value: number): number;
  /** Lets series go whose last sample is older. Returns how many. */
  forgetBefore(timeMs: number): number;
  readonly size: number;
}

export interface RaterOptions {
  readonly stepMs: number;
  /** More steps than this between two samples are a gap; 5 unless told. */
  readonly maxGapSteps?: number;
}

export function createRater({ stepMs, maxGapSteps = 5 }: RaterOptions): Rater {
  const last = new Map<string, { timeMs: number; value: number }>();
  return {
    rate(series, timeMs, value) {
      if (Number.isNaN(value)) return Number.NaN;
      const before = last.get(series);
      if (before === undefined) {
        last.set(series, { timeMs, value });
        return Number.NaN;
      }
      const elapsedMs = timeMs - before.timeMs;
      if (elapsedMs <= 0) return Number.NaN;
      const increase = value >= before.value ? value - before.value : value;
      before.timeMs = timeMs;
      before.value = value;
      // A counter below zero is none.
      return elapsedMs > maxGapSteps * stepMs || increase < 0 ? Number.NaN : increase / (elapsedMs / 1000);
    },
    forgetBefore(timeMs) {
      const before = last.size;
      for (const [series, sample] of last) if (sample.timeMs < timeMs) last.delete(series);
      return before - last.size;
    },
    get size() {
      return last.size;
    },
  };
}
