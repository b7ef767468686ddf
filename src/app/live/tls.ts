// The certificates of a role. Right after an installation its folder is empty: the role waits, says what for, and is alive but
// not ready meanwhile.
import { createServer } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Certificates } from '#kit/certificates.ts';
import { type Clock, wallClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Progress } from '../progress.ts';
import { type CertificateFolder, checkFolder, readFolder, watchFolder } from './certificate-folder.ts';
import type { RoleHealth } from './health-server.ts';

export interface TlsDeps {
  readonly signalled: Promise<void>;
  readonly health: Pick<RoleHealth, 'started' | 'addMetrics'>;
  readonly say: Progress;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface RoleTls {
  /** Undefined where no folder was named. */
  readonly credentials?: Certificates;
  /** It was to end before they came. */
  readonly isEnding: boolean;
  stop(): Promise<void>;
}

const EVERY_MS = 1000;
const WHY = 'kubectl logs deployment/tidewatch-certificates -n NAMESPACE';

/** Resolves when the certificates are there. Rejects with `bad-config` where there is no such folder. */
export async function openTls(folder: string | undefined, deps: TlsDeps): Promise<RoleTls> {
  if (folder === undefined) return { isEnding: false, stop: async () => {} };
  await checkFolder(folder);
  const { log, clock = wallClock } = deps;
  const files = await firstOf(folder, clock, deps);
  if (files === undefined) return { isEnding: true, stop: async () => {} };
  const credentials = watchFolder(folder, files, { clock, log });
  deps.health.addMetrics(metricsOf(credentials));
  credentials.start();
  return { credentials, isEnding: false, stop: () => credentials.stop() };
}

async function firstOf(folder: string, clock: Clock, { signalled, health, say, log }: TlsDeps) {
  const ending = new AbortController();
  signalled.then(() => ending.abort());
  for (let told = ''; !ending.signal.aborted; ) {
    try {
      const files = await readFolder(folder);
      if (told !== '') health.started(() => 'it is starting');
      return files;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { message } = error;
      if (message !== told) {
        say.line(`Waits     for certificates: ${message}. This shows why: ${WHY}`);
        log.warn({ err: error }, 'waiting for certificates');
      }
      told = message;
      health.started(() => `it waits for certificates: ${message}; this shows why: ${WHY}`);
    }
    await clock.sleep(EVERY_MS, ending.signal);
  }
  return undefined;
}

function metricsOf({ stats }: CertificateFolder): () => Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    ...{ name: 'tidewatch_certificate_expiry_timestamp_seconds', registers },
    help: 'When the certificate in use ends.',
    collect() {
      this.set(stats.endMs / 1000);
    },
  });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  counter('tidewatch_certificate_reloads_total', 'New certificates that were taken.', () => stats.reloads);
  counter('tidewatch_certificate_reload_failures_total', 'New ones that could not be used.', () => stats.failures);
  return () => registry.metrics();
}

/**
 * Where a role listens when no address is named: everywhere once it knows who calls, else on loopback. Everywhere is `::`, which
 * hears IPv4, too, but for machines that have no IPv6.
 */
export async function hostFor(
  host: string | undefined,
  credentials: Certificates | undefined,
  canListen = canListenOn,
): Promise<string> {
  if (host !== undefined) return host;
  if (credentials === undefined) return '127.0.0.1';
  return (await canListen('::')) ? '::' : '0.0.0.0';
}

function canListenOn(host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(true)));
  });
}
