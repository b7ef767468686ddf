// A second analyser for when the first does not answer, if the user said so: scores from here are better than none, but
// they cost this process its time, so it is told each time.
import { AppError } from '#kit/errors.ts';
import type { Analyser } from './contract.ts';

export interface FallbackOptions {
  /** Called for each batch that the second takes over, with why. */
  onFallback(error: AppError): void;
}

/** Whole batches go to `secondary` when `primary` is unavailable; any other error is the caller's. */
export function withFallback(primary: Analyser, secondary: Analyser, { onFallback }: FallbackOptions): Analyser {
  return {
    address: `${primary.address}, else ${secondary.address}`,
    async analyse(jobs, signal) {
      try {
        return await primary.analyse(jobs, signal);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unavailable' || signal?.aborted === true) throw error;
        onFallback(error);
        return secondary.analyse(jobs, signal);
      }
    },
    async close() {
      await Promise.all([primary.close(), secondary.close()]);
    },
  };
}
