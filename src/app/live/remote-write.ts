// Remote write beside a store, wired: credentials from their file, figures for /metrics, and what is stuck for the page. It
// never makes its role unready: the store goes on.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Outbox, OutboxState } from '#store/contract.ts';
import { type RemoteWrite, type RemoteWriteStats, startRemoteWrite } from '#store/remote-write/index.ts';
import type { RemoteWriteFlags } from '../remote-write-options.ts';
import { basicFrom, bearerFrom } from '../secret-file.ts';
import { sendingTroubles } from './sending-trouble.ts';
import { soon } from './store-metrics.ts';

const PURPOSE = 'remote write';

interface Deps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** Undefined where none is wanted. Rejects with `bad-config` for an address or a file that cannot be used. */
export async function openRemoteWrite(
  outbox: Outbox,
  flags: RemoteWriteFlags,
  deps: Deps,
): Promise<RemoteWrite | undefined> {
  const { remoteWrite: url, remoteWriteVersion: version, remoteWriteHeader: headers } = flags;
  if (url === undefined) return undefined;
  const authorization = authorizationOf(flags);
  // A file that is not there is said now, and one that goes later while it runs.
  await authorization?.();
  return startRemoteWrite(outbox, {
    ...{ url, ...deps },
    ...(version === undefined ? {} : { version: version === '1' ? 1 : 2 }),
    ...(headers && { headers }),
    ...(authorization && { authorization }),
  });
}

function authorizationOf(flags: RemoteWriteFlags): (() => Promise<string>) | undefined {
  const { remoteWriteTokenFile: tokenFile, remoteWriteUserFile: userFile } = flags;
  if (tokenFile !== undefined) return bearerFrom(tokenFile, PURPOSE);
  return userFile === undefined ? undefined : basicFrom(userFile, PURPOSE);
}

export function remoteWriteTroubles(remote: Pick<RemoteWrite, 'stats'> | undefined, clock: Clock): Trouble[] {
  return sendingTroubles(remote?.stats().trouble, clock, (message) => ({
    what: `remote-write: ${message}`,
    remedy: 'What is stored waits and is sent when the receiver takes it again. Is --remote-write right?',
  }));
}

type Reading = readonly [name: string, help: string, read: (stats: RemoteWriteStats) => number];

const COUNTERS: readonly Reading[] = [
  ['samples_total', 'Samples that the receiver took since the start.', (stats) => stats.sentSamples],
  ['requests_total', 'Requests to the receiver.', (stats) => stats.requests],
];

/** Nothing without remote write. `remote` is undefined as long as the store is being opened. */
export function addRemoteWriteMetrics(registry: Registry, remote: () => RemoteWrite | undefined): void {
  const registers = [registry];
  const named = (name: string, help: string) => ({ name: `tidewatch_remote_write_${name}`, help, registers });
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      ...named(name, help),
      collect() {
        this.reset();
        this.inc(readFrom(remote, read));
      },
    });
  }
  new Gauge({
    ...named('lag_seconds', 'Age of the oldest that is being sent; 0 when nothing waits.'),
    collect() {
      this.set(readFrom(remote, (stats) => stats.lagSeconds));
    },
  });
  new Counter({
    ...named('failures_total', 'Requests that failed, by reason.'),
    labelNames: ['reason'],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(remote()?.stats().failures ?? {})) this.inc({ reason }, count);
    },
  });
  new Gauge({
    ...named('waiting', 'Points and findings that are stored and not sent yet.'),
    async collect() {
      const outbox = await readOutbox(remote);
      this.set(outbox === 'unknown' ? Number.NaN : (outbox?.waiting ?? 0));
    },
  });
  new Counter({
    ...named('left_out_total', 'Refused by the receiver (samples, since the start), or gone from the store (points).'),
    labelNames: ['reason'],
    async collect() {
      const outbox = await readOutbox(remote);
      this.reset();
      this.inc({ reason: 'refused' }, remote()?.stats().refusedSamples ?? 0);
      this.inc({ reason: 'damaged' }, remote()?.stats().damagedPoints ?? 0);
      if (outbox !== 'unknown') this.inc({ reason: 'expired' }, outbox?.expired ?? 0);
    },
  });
}

/** A store that does not answer takes no figure away that it does not know. */
async function readOutbox(remote: () => RemoteWrite | undefined): Promise<OutboxState | undefined | 'unknown'> {
  try {
    const opened = remote();
    return opened === undefined ? undefined : await soon(opened.outbox());
  } catch {
    return 'unknown';
  }
}

function readFrom(remote: () => RemoteWrite | undefined, read: Reading[2]): number {
  const stats = remote()?.stats();
  return stats === undefined ? 0 : read(stats);
}
