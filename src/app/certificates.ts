// The wiring of `certificates`: looks at the Secrets again and again, and brings them to what they should be.
import { Counter, Gauge, Registry } from 'prom-client';
import { wallClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { type Ends, reconcile } from './certificates/reconcile.ts';
import { createSecretStore } from './certificates/secrets.ts';
import type { CertificatesOptions } from './certificates-command.ts';
import { openHealth } from './live/health-server.ts';
import { openClient, readAccess } from './live/open-client.ts';
import { createPulse } from './live/pulse.ts';
import { createProgress } from './progress.ts';
import { untilSignal } from './until-signal.ts';

const LONGEST_PAUSE_MS = 60_000;
/** Far beyond what looking at them takes, every call to its deadline. */
const TURN_MS = 15 * 60_000;

export async function keepCertificates(options: CertificatesOptions): Promise<void> {
  checkLives(options);
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  const stopping = new AbortController();
  signalled.then(() => stopping.abort());
  await using closing = new AsyncDisposableStack();

  const metrics = createMetrics();
  const health = await openHealth(options, { metrics: metrics.read, log });
  closing.defer(() => health.close());
  const pulse = createPulse({ what: 'the certificates have not been looked at', mostMs: options.every + TURN_MS });
  health.watch(pulse.stuck);
  const access = await readAccess(options);
  const client = openClient(access, log);
  closing.defer(() => client.close());
  const namespace = options.namespace ?? access.namespace;
  const { life: leaf, authorityLife: authority, grace } = options;
  const deps = {
    ...{ secrets: createSecretStore(client, namespace), namespace, lives: { leaf, authority, grace }, log },
    nowMs: () => wallClock.nowMs(),
  };
  say.line(`Keeps     the certificates in ${namespace}, at ${access.server}. Ctrl-C ends it.`);
  for (let failures = 0; !stopping.signal.aborted; ) {
    pulse.beat();
    try {
      metrics.ends = await reconcile(deps, stopping.signal);
      if (failures > 0) log.info({ failures }, 'it works again');
      failures = 0;
      health.started(() => undefined);
    } catch (error) {
      if (stopping.signal.aborted) break;
      const message = error instanceof Error ? error.message : String(error);
      if (failures++ === 0) log.warn({ err: error }, 'the certificates could not be looked at: trying again');
      metrics.failures++;
      health.started(() => message);
    }
    const pauseMs = failures === 0 ? options.every : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 10));
    await wallClock.sleep(pauseMs, stopping.signal);
  }
}

/** An authority that ended before what it signs were renewed would leave roles without any. */
function checkLives({ life, authorityLife, grace }: CertificatesOptions): void {
  if (authorityLife >= 3 * (life + grace)) return;
  const what = 'an authority must live at least three times as long as a certificate and the grace together';
  throw new AppError('bad-usage', `--authority-life: ${what}`);
}

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const metrics = {
    ends: {} as Ends,
    failures: 0,
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
  new Gauge({
    ...{ name: 'tidewatch_issued_expiry_timestamp_seconds', registers, labelNames: ['of'] },
    help: 'When what was issued last ends: the authority, and the certificate of each role.',
    collect() {
      this.reset();
      for (const [of, endMs] of Object.entries(metrics.ends)) this.set({ of }, endMs / 1000);
    },
  });
  new Counter({
    ...{ name: 'tidewatch_certificates_failures_total', registers },
    help: 'Times that the Secrets could not be read or written.',
    collect() {
      this.reset();
      this.inc(metrics.failures);
    },
  });
  return metrics;
}
