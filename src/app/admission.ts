// The wiring of `admission`.
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Certificates } from '#kit/certificates.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createAnswers } from './admission/answers.ts';
import { createBundles } from './admission/bundles.ts';
import { createAdmissionMetrics } from './admission/metrics.ts';
import { createRepeats } from './admission/repeats.ts';
import { createRotation, type Rotation } from './admission/rotation.ts';
import { createAdmissionServer } from './admission/server.ts';
import type { AdmissionOptions } from './admission-command.ts';
import { openHealth } from './live/health-server.ts';
import { openClient, readAccess } from './live/open-client.ts';
import { createPulse } from './live/pulse.ts';
import { hostFor, openTls } from './live/tls.ts';
import { createProgress } from './progress.ts';
import { remember } from './remember.ts';
import { untilSignal } from './until-signal.ts';

/** Until nobody is sent here any more. */
const DRAIN_MS = 3000;
/** Longer than the API server waits for an answer. */
const GRACE_MS = 4000;
/** That are remembered: 4 kB each at most. */
const MOST_QUERIES = 1000;
/** Far beyond what looking at three objects takes, every call to its deadline. */
const TURN_MS = 15 * 60_000;

export async function admit(options: AdmissionOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  await using closing = new AsyncDisposableStack();
  let rotation: Rotation | undefined;
  const nowMs = () => wallClock.nowMs();
  const metrics = createAdmissionMetrics(() => rotation?.endMs, nowMs);
  const health = await openHealth(options, { metrics: metrics.read, log });
  closing.defer(() => health.close());
  const tls = await openTls(options.tls, { signalled, health, say, log });
  const { credentials } = tls;
  if (tls.isEnding || credentials === undefined) return;
  closing.defer(() => tls.stop());

  const judged = remember(queryProblem, MOST_QUERIES);
  const ports = { algorithms: ALGORITHMS, group: options.group, queryProblem: judged };
  const repeats = createRepeats(() => systemClock.nowMs());
  const answers = createAnswers({ ports, metrics, repeats });
  const server = createAdmissionServer({
    ...{ answers, metrics, log, nowMs: () => systemClock.nowMs() },
    leaf: { cert: credentials.cert, key: credentials.key },
  });
  const client = openClient(await readAccess(options), log);
  closing.defer(() => client.close());
  const pulse = createPulse({ what: 'the CA bundles have not been looked at', mostMs: TURN_MS });
  health.watch(pulse.stuck);
  rotation = createRotation({
    ...{ certificates: credentials, metrics, settleMs: options.settle, clock: wallClock, log },
    bundles: createBundles({ client, group: options.group, metrics, nowMs }),
    use: server.use,
    beat: pulse.beat,
  });
  const { host, port } = await listen(server, options, credentials);
  rotation.start();
  const { ready, notes, stop } = rotation;
  closing.defer(stop);
  say.line(`Admission ${host}:${port}, of ${options.group}. Ctrl-C ends it.`);
  health.started(ready, notes);
  await signalled;
  // Whoever still sends here is answered, and told to go elsewhere.
  health.started(() => 'it is ending');
  server.drain();
  await systemClock.sleep(DRAIN_MS);
  await server.close(GRACE_MS);
}

async function listen(
  server: ReturnType<typeof createAdmissionServer>,
  { host, port }: AdmissionOptions,
  credentials: Certificates,
) {
  const at = await hostFor(host, credentials);
  return { host: at, ...(await server.listen({ host: at, port })) };
}
