// What each watch counts by itself, for /metrics of whoever watches: one series a kind of object, of which there are three.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '#kit/clock.ts';
import type { KubeRecord, Reflector, ReflectorStatus } from '#kube/contract.ts';

/** By the plural of what they watch; undefined: not watched now. */
export type Watches = Readonly<Record<string, Pick<Reflector<KubeRecord>, 'status'> | undefined>>;

type Count = readonly [
  name: string,
  help: string,
  key: keyof ReflectorStatus & ('lists' | 'retries' | 'quarantined' | 'listenerErrors'),
];

const COUNTS: readonly Count[] = [
  ['tidewatch_watch_retries_total', 'Times that a watch was tried again.', 'retries'],
  ['tidewatch_watch_lists_total', 'Whole lists that were needed.', 'lists'],
  ['tidewatch_watch_quarantined_total', 'Lines of watches that could not be read.', 'quarantined'],
  ['tidewatch_watch_listener_errors_total', 'Changes that a part of this process threw at.', 'listenerErrors'],
];

/** `clock`: that of the watches. */
export function addWatchMetrics(registry: Registry, watches: () => Watches, clock: Clock): void {
  const common = { registers: [registry], labelNames: ['kind'] };
  const each = (tell: (kind: string, status: ReflectorStatus) => void) => {
    for (const [kind, watch] of Object.entries(watches())) if (watch !== undefined) tell(kind, watch.status());
  };
  new Gauge({
    ...{ name: 'tidewatch_watch_progress_age_seconds', help: 'Since a watch last heard anything.', ...common },
    collect() {
      this.reset();
      each((kind, { lastProgressMs }) => {
        if (lastProgressMs > 0) this.set({ kind }, (clock.nowMs() - lastProgressMs) / 1000);
      });
    },
  });
  for (const [name, help, key] of COUNTS) {
    new Counter({
      ...{ name, help, ...common },
      collect() {
        this.reset();
        each((kind, status) => this.inc({ kind }, status[key]));
      },
    });
  }
}
