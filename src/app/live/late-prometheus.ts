// A Prometheus that may come later: as long as none is found, each question says so, and it is looked for again now and then.
// Once found it stays the one.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';

export interface LatePrometheus extends PrometheusSource {
  /** Looks for it now. Rejects with why there is none. */
  look(): Promise<void>;
}

/** What asks each minute finds it with its next question. */
const AGAIN_MS = 45_000;

export function createLatePrometheus(find: () => Promise<PrometheusSource>, clock: Clock): LatePrometheus {
  let found: PrometheusSource | undefined;
  let looking: Promise<PrometheusSource> | undefined;
  let last: { readonly error: unknown; readonly atMs: number } | undefined;

  const search = async (): Promise<PrometheusSource> => {
    try {
      found = await find();
      return found;
    } catch (error) {
      last = { error, atMs: clock.nowMs() };
      throw error;
    } finally {
      looking = undefined;
    }
  };
  const now = async (): Promise<PrometheusSource> => {
    if (found !== undefined) return found;
    // All that ask at once look together.
    if (looking === undefined && last !== undefined && clock.nowMs() - last.atMs < AGAIN_MS) throw last.error;
    looking ??= search();
    return looking;
  };

  return {
    get address() {
      return found?.address ?? '';
    },
    async look() {
      await now();
    },
    queryRange: async (query, limits) => (await now()).queryRange(query, limits),
    counters: async (signal) => (await now()).counters(signal),
    nowMs: async (limits) => (await now()).nowMs(limits),
    close: async () => found?.close(),
  };
}
