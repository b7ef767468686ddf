// What a door sheds, so that slow clients are seen: of the health port of every role, and of the page.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionStats } from '#api/connections.ts';
import type { FailedRequests } from '#api/rest/server.ts';
import type { StreamStats } from '#api/rest/stream.ts';

export interface DoorStats extends ConnectionStats {
  /** Where there is an event stream. */
  readonly stream?: StreamStats;
  /** Where more is answered than how it goes. */
  readonly failed?: readonly FailedRequests[];
}

/** `stats` is undefined as long as the door is not open. */
export function addDoorMetrics(registry: Registry, door: 'page' | 'health', stats: () => DoorStats | undefined): void {
  const named = (name: string, help: string) => ({ name: `tidewatch_${door}_${name}`, help, registers: [registry] });
  new Gauge({
    ...named('connections', 'Connections that are open.'),
    collect() {
      this.set(stats()?.connections ?? 0);
    },
  });
  new Counter({
    ...named('shed_total', 'Connections and event streams that were let go or turned away, by reason.'),
    labelNames: ['reason'],
    collect() {
      this.reset();
      const now = stats();
      this.inc({ reason: 'crowded' }, now?.crowded ?? 0);
      this.inc({ reason: 'greedy' }, now?.greedy ?? 0);
      this.inc({ reason: 'slow-request' }, now?.slowRequests ?? 0);
      this.inc({ reason: 'untaken-answer' }, now?.untakenAnswers ?? 0);
      if (door !== 'page') return;
      this.inc({ reason: 'stream-refused' }, now?.stream?.refused ?? 0);
      this.inc({ reason: 'stream-unread' }, now?.stream?.dropped ?? 0);
    },
  });
  if (door !== 'page') return;
  new Counter({
    ...named('failed_requests_total', 'Requests that were refused or failed, by address and status.'),
    labelNames: ['path', 'status'],
    collect() {
      this.reset();
      for (const { path, status, count } of stats()?.failed ?? []) this.inc({ path, status }, count);
    },
  });
}
