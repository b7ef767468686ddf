// The wiring of `analyser`.
import { createAnalysisServer } from '#api/grpc/server.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { AnalyserOptions } from './analyser-command.ts';
import { createAnalyserMetrics } from './live/analyser-metrics.ts';
import { openHealth } from './live/health-server.ts';
import { hostFor, openTls } from './live/tls.ts';
import { createProgress } from './progress.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

/** What is under way may end within this. */
const GRACE_MS = 10_000;

export async function analyse(options: AnalyserOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  const metrics = createAnalyserMetrics();
  const health = await openHealth(options, { metrics: metrics.read, log });
  health.watch(metrics.stuck);
  const tls = await openTls(options.tls, { signalled, health, say, log });
  if (tls.isEnding) return health.close();
  const { credentials } = tls;
  const server = createAnalysisServer({
    algorithms: ALGORITHMS,
    version: version(),
    clock: systemClock,
    log,
    metrics,
    ...(credentials === undefined ? {} : { credentials }),
  });
  const host = await hostFor(options.host, credentials);
  const { port } = await server.listen({ host, port: options.port });
  say.line(`Analyser  ${host}:${port}${credentials === undefined ? '' : ' (mTLS)'}. Ctrl-C ends it.`);
  health.started(() => undefined);
  await signalled;
  await server.close(GRACE_MS);
  await tls.stop();
  await health.close();
}
