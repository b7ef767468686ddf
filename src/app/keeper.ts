// The wiring of `keeper`: store, page on loopback, the door for operators, health, retention.
import { setMaxListeners } from 'node:events';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import { createServer } from '#api/rest/server.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Store } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { buildPage } from './build-page.ts';
import { dataFolder } from './data-folder.ts';
import { endProcess } from './end-process.ts';
import type { KeeperOptions } from './keeper-command.ts';
import { openHealth } from './live/health-server.ts';
import { createKeeperMetrics } from './live/keeper-metrics.ts';
import { createKeeperSource, type KeeperSource } from './live/keeper-source.ts';
import { openRemoteWrite, remoteWriteTroubles } from './live/remote-write.ts';
import { hostFor, openTls } from './live/tls.ts';
import { keepUp } from './live/upkeep.ts';
import { createProgress } from './progress.ts';
import { SHIPPED } from './shipped.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

/** What is being appended may end within this. */
const GRACE_MS = 10_000;
const STORE_TIMEOUT_MS = 2000;

export async function keep(options: KeeperOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const [log, clock] = [createLog(options.logLevel), wallClock];
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  await using closing = new AsyncDisposableStack();

  let store: Store | undefined;
  let source: KeeperSource | undefined;
  let remote: RemoteWrite | undefined;
  const metrics = createKeeperMetrics({
    ...{ clock, store: () => store, reportedMs: () => source?.reportedMs },
    ...(options.remoteWrite === undefined ? {} : { remoteWrite: () => remote }),
  });
  const health = await openHealth(options, { metrics: metrics.read, log });
  closing.defer(() => health.close());
  const tls = await openTls(options.tls, { signalled, health, say, log });
  closing.defer(() => tls.stop());
  if (tls.isEnding) return;
  const { credentials } = tls;
  const folder = dataFolder(options.data, 'keeper', 'live');
  const opened = await openStore(folder, options);
  store = opened;
  closing.defer(() => opened.close());
  say.line(`Data      ${folder}`);
  remote = await openRemoteWrite(opened.outbox, options, { clock, random: Math.random, log });
  closing.defer(() => remote?.close());

  const oldest = await keepUp(opened, options.retention, { clock, log, signal: stopping.signal });
  const cluster = await clusterOf(opened);
  const shown = createKeeperSource({
    ...{ clock, cluster, storedFromMs: () => oldest.ms },
    troubles: () => remoteWriteTroubles(remote, clock),
  });
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
      if (outcome !== 'stored') return;
      shown.changed();
      remote?.wake();
    },
    ...(credentials && { credentials }),
  });
  const host = hostFor(options.host, credentials);
  const { port } = await server.listen({ host, port: options.appendPort });
  closing.defer(() => server.close(GRACE_MS));
  closing.defer(() => stopping.abort());
  health.started(
    () => storeTrouble(opened),
    () => remoteWriteTroubles(remote, clock).map(({ what }) => what),
  );
  say.line(`Page      ${url}`);
  const how = credentials === undefined ? '' : ' (mTLS)';
  say.line(`Operators ${host}:${port}${how}. Ctrl-C ends it; what is stored is kept.`);
  if (health.port !== undefined) say.line(`Health    port ${health.port}`);
  await signalled;
}

function openStore(folder: string, { maxSize: maxBytes, remoteWrite }: KeeperOptions) {
  const outbox = remoteWrite !== undefined;
  return openEmbeddedStore({ folder, outbox, onEnded: endProcess, ...(maxBytes === undefined ? {} : { maxBytes }) });
}

async function clusterOf(store: Store): Promise<string> {
  return ((await store.position())?.stream ?? '').replace(/^cluster:/, '');
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
