// Which metrics are counters and must be rated: what Prometheus says of them, read now and then; where it does not know,
// the name's ending decides, as the naming rules of Prometheus and OpenMetrics have it.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';

export interface CounterNames {
  has(metricName: string): Promise<boolean>;
}

const KEEP_MS = 600_000;

export function createCounterNames(source: Pick<PrometheusSource, 'counters'>, clock: Clock): CounterNames {
  let names: ReadonlySet<string> = new Set();
  let readMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    try {
      names = await source.counters();
    } catch {
      // A store that keeps no metadata answers with an error: the name's ending has to do.
    }
    readMs = clock.nowMs();
    reading = undefined;
  };
  return {
    async has(metricName) {
      if (clock.nowMs() - readMs > KEEP_MS) {
        reading ??= read();
        await reading;
      }
      return names.has(metricName) || metricName.endsWith('_total');
    },
  };
}
