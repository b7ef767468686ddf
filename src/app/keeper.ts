// The wiring of `keeper`: store, page on loopback, the door for operators, health, retention.
import { setMaxListeners } from 'node:events';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import { createServer } from '#api/rest/server.ts';
import { type Clock, systemClock, wallClock } from '#kit/clock.ts';
import { createLog, type Log } from '#kit/log.ts';
import type { Store } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { buildPage } from './build-page.ts';
import { dataFolder } from './data-folder.ts';
import type { KeeperOptions } from './keeper-command.ts';
import { openHealth } from './live/health-server.ts';
import { createKeeperMetrics } from './live/keeper-metrics.ts';
import { createKeeperSource, type KeeperSource } from './live/keeper-source.ts';
import { hostFor, readTls } from './live/tls.ts';
import { createProgress } from './progress.ts';
import { SHIPPED } from './shipped.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** What is being appended may end within this. */
const GRACE_MS = 10_000;
const STORE_TIMEOUT_MS = 2000;

export async function keep(options: KeeperOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  const clock = wallClock;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  await using closing = new AsyncDisposableStack();

  let store: Store | undefined;
  let source: KeeperSource | undefined;
  const metrics = createKeeperMetrics({ clock, store: () => store, reportedMs: () => source?.reportedMs });
  const health = await openHealth(options, { metrics: metrics.read, log });
  closing.defer(() => health.close());
  const tls = options.tls === undefined ? undefined : await readTls(options.tls);
  const folder = dataFolder(options.data, 'keeper', 'live');
  const { maxSize: maxBytes } = options;
  const opened = await openEmbeddedStore({ folder, ...(maxBytes === undefined ? {} : { maxBytes }) });
  store = opened;
  closing.defer(() => opened.close());
  say.line(`Data      ${folder}`);

  const oldest = await trackOldest(opened, { clock, log, signal: stopping.signal });
  const { stream = '' } = (await opened.position()) ?? {};
  const cluster = stream.replace(/^cluster:/, '');
  const shown = createKeeperSource({ clock, cluster, storedFromMs: () => oldest.ms });
  source = shown;
  await buildPage(say);
  const page = await createServer({
    ...{ store: opened, replay: shown, clock, log, webFolder: SHIPPED.page },
    ...{ services: shown.services, detectors: shown.detectors, detectorStates: shown.detectorStates },
    metrics: metrics.read,
    about: { version: version(), data: folder, watchCommand: './tidewatch run' },
  });
  closing.defer(() => page.close());
  const { url } = await page.listen({ host: '127.0.0.1', port: options.pagePort });
  const server = createKeeperServer({
    ...{ store: opened, clock: systemClock, log, onReport: shown.report },
    onAppend: (outcome) => {
      metrics.appended(outcome);
      if (outcome === 'stored') shown.changed();
    },
    ...(tls === undefined ? {} : { credentials: tls }),
  });
  const host = hostFor(options.host, tls);
  const { port } = await server.listen({ host, port: options.appendPort });
  closing.defer(() => server.close(GRACE_MS));
  closing.defer(() => stopping.abort());
  void retain(opened, options.retention, { clock, log, signal: stopping.signal });
  health.started(() => storeTrouble(opened));
  say.line(`Page      ${url}`);
  say.line(`Operators ${host}:${port}${tls === undefined ? '' : ' (mTLS)'}. Ctrl-C ends it; what is stored is kept.`);
  if (health.port !== undefined) say.line(`Health    port ${health.port}`);
  await signalled;
}

interface Looping {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Removes what is old once an hour, the first time soon after the start. */
async function retain(store: Store, retentionMs: number, { clock, log, signal }: Looping): Promise<void> {
  for (let pauseMs = MINUTE_MS; ; pauseMs = HOUR_MS) {
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return;
    try {
      const removed = await store.retain(clock.nowMs() - retentionMs);
      if (removed > 0) log.info({ removed }, 'removed what is old');
    } catch (error) {
      log.error({ err: error }, 'what is old was not removed: it is tried again in an hour');
    }
  }
}

/** When the oldest of the last day is from, looked up now and then: asked of the store each time it would cost too much. */
async function trackOldest(
  store: Store,
  { clock, log, signal }: Looping,
): Promise<{ readonly ms: number | undefined }> {
  const oldest: { ms: number | undefined } = { ms: undefined };
  const look = async () => {
    const toMs = Math.ceil(clock.nowMs() / HOUR_MS) * HOUR_MS;
    const [first] = await store.rollUps({ fromMs: toMs - 25 * HOUR_MS, toMs }, HOUR_MS);
    oldest.ms = first?.startMs;
  };
  const loop = async () => {
    for (;;) {
      await clock.sleep(MINUTE_MS, signal);
      if (signal.aborted) return;
      await look().catch((error) => log.warn({ err: error }, 'the oldest was not looked up'));
    }
  };
  await look();
  void loop();
  return oldest;
}

async function storeTrouble(store: Store): Promise<string | undefined> {
  const waiting = new AbortController();
  try {
    const late = systemClock.sleep(STORE_TIMEOUT_MS, waiting.signal).then(() => 'the store does not answer');
    return await Promise.race([store.info().then(() => undefined), late]);
  } catch (error) {
    return `the store does not answer: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    waiting.abort();
  }
}
