// A Prometheus that was found in the cluster and may move: an upgrade renames its service, or another takes its place. When no
// question was answered for five minutes it is looked for again, beside the questions, and the one that answers is asked
// from then on.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

export interface MovingPrometheusOptions {
  readonly first: PrometheusSource;
  /** Rejects when none answers. */
  readonly find: () => Promise<PrometheusSource>;
  readonly clock: Clock;
  readonly log: Log;
}

const PATIENCE_MS = 300_000;

export function createMovingPrometheus({ first, find, clock, log }: MovingPrometheusOptions): PrometheusSource {
  let current = first;
  let failingSinceMs: number | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  const look = async () => {
    try {
      const found = await find();
      if (isClosed || found.address === current.address) return await found.close();
      log.warn({ from: current.address, to: found.address }, 'Prometheus answered no more, and another one does');
      const old = current;
      current = found;
      await old.close();
    } catch (error) {
      log.debug({ error: String(error) }, 'no other Prometheus was found');
    } finally {
      looking = undefined;
      failingSinceMs = undefined;
    }
  };
  const asked = async <T>(ask: (source: PrometheusSource) => Promise<T>): Promise<T> => {
    const source = current;
    try {
      const answer = await ask(source);
      if (source === current) failingSinceMs = undefined;
      return answer;
    } catch (error) {
      // One question may be refused by a Prometheus that is well; then others are answered.
      failingSinceMs ??= clock.nowMs();
      if (clock.nowMs() - failingSinceMs >= PATIENCE_MS && !isClosed) looking ??= look();
      throw error;
    }
  };
  return {
    get address() {
      return current.address;
    },
    queryRange: (query, limits) => asked((source) => source.queryRange(query, limits)),
    counters: (signal) => asked((source) => source.counters(signal)),
    nowMs: (limits) => asked((source) => source.nowMs(limits)),
    close: async () => {
      isClosed = true;
      await looking;
      await current.close();
    },
  };
}
