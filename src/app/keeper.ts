// The wiring of `keeper`: store, page on loopback, the door for operators, health, retention.
import { setMaxListeners } from 'node:events';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import { ROUTES, type Trouble } from '#api/rest/contract.ts';
import { createServer, type RestServer } from '#api/rest/server.ts';
import { type Clock, systemClock, wallClock } from '#kit/clock.ts';
import { createLog, type Log } from '#kit/log.ts';
import { buildPage } from './build-page.ts';
import { dataFolder } from './data-folder.ts';
import type { KeeperOptions } from './keeper-command.ts';
import { openHealth } from './live/health-server.ts';
import { createKeeperMetrics, type KeeperMetrics } from './live/keeper-metrics.ts';
import { createKeeperSource, type KeeperSource } from './live/keeper-source.ts';
import { clusterOf, type LiveStore, openLiveStore } from './live/live-store.ts';
import { storeTrouble } from './live/store-metrics.ts';
import { hostFor, openTls } from './live/tls.ts';
import { createProgress, type Progress } from './progress.ts';
import { SHIPPED } from './shipped.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

/** What is being appended may end within this. */
const GRACE_MS = 10_000;

export async function keep(options: KeeperOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const [log, clock] = [createLog(options.logLevel), wallClock];
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  await using closing = new AsyncDisposableStack();

  let live: LiveStore | undefined;
  let source: KeeperSource | undefined;
  let page: OpenPage | undefined;
  const metrics = createKeeperMetrics({
    ...{ clock, store: () => live?.store, reportedMs: () => source?.reportedMs },
    keptMs: () => live?.upkeep.room.keptMs(),
    page: () => page?.doorStats(),
    alerting: () => live?.alerting,
    ...(options.remoteWrite === undefined ? {} : { remoteWrite: () => live?.remote }),
  });
  const health = await openHealth(options, { metrics: metrics.read, log });
  closing.defer(() => health.close());
  const tls = await openTls(options.tls, { signalled, health, say, log });
  closing.defer(() => tls.stop());
  if (tls.isEnding) return;
  const { credentials } = tls;
  const folder = dataFolder(options.data, 'keeper', 'live');
  const opened = await openLiveStore({ ...options, folder }, { clock, log, signal: stopping.signal });
  live = opened;
  closing.defer(() => opened.close());
  health.watch(opened.stuck);
  say.line(`Data      ${folder}`);

  const { store } = opened;
  const shown = createKeeperSource({
    ...{ clock, cluster: await clusterOf(store), troubles: opened.troubles },
    storedFromMs: () => opened.upkeep.oldest.ms,
  });
  source = shown;
  health.addPage(ROUTES.scrapeTargets.path, shown.knownTargets);
  page = await openPage(options, { ...{ opened, shown, clock, log, say, folder, closing }, metrics: metrics.read });
  const server = createKeeperServer({
    ...{ store: { ...store, append: opened.appends.append }, clock: systemClock, log, onReport: shown.report },
    onAppend: (outcome) => {
      metrics.appended(outcome);
      if (outcome !== 'duplicate') shown.changed();
      if (outcome === 'stored') opened.stored();
    },
    ...(credentials && { credentials }),
  });
  const host = await hostFor(options.host, credentials);
  const { port } = await server.listen({ host, port: options.appendPort });
  closing.defer(() => server.close(GRACE_MS));
  closing.defer(() => stopping.abort());
  health.started(
    async () => blockingOf(opened.troubles()) ?? (await storeTrouble(store)),
    () => opened.troubles().map(({ what }) => what),
  );
  opened.alerting.pageAt(page.url);
  say.line(`Page      ${page.url}`);
  const how = credentials === undefined ? '' : ' (mTLS)';
  say.line(`Operators ${host}:${port}${how}. Ctrl-C ends it; what is stored is kept.`);
  if (health.port !== undefined) say.line(`Health    port ${health.port}`);
  await signalled;
}

interface Shown {
  readonly opened: LiveStore;
  readonly shown: KeeperSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly say: Progress;
  readonly folder: string;
  readonly metrics: KeeperMetrics['read'];
  readonly closing: AsyncDisposableStack;
}

interface OpenPage {
  readonly url: string;
  readonly doorStats: RestServer['doorStats'];
}

async function openPage({ pagePort }: KeeperOptions, shownBy: Shown): Promise<OpenPage> {
  const { opened, shown, clock, log, say, folder, metrics, closing } = shownBy;
  await buildPage(say);
  const page = await createServer({
    ...{ store: opened.store, alerts: opened.store.alerts, replay: shown, clock, log },
    ...{ webFolder: SHIPPED.page, metrics, alive: opened.stuck },
    ...{ services: shown.services, detectors: shown.detectors, detectorStates: shown.detectorStates },
    scrapeTargets: shown.scrapeTargets,
    // The operator reports how detectors stand every few seconds, and not how they are set: the page says who knows.
    deployed: { find: () => undefined, isElsewhere: true },
    about: { version: version(), data: folder, watchCommand: './tidewatch run' },
  });
  closing.defer(() => page.close());
  const { url } = await page.listen({ host: '127.0.0.1', port: pagePort });
  return { url, doorStats: page.doorStats };
}

function blockingOf(troubles: readonly Trouble[]): string | undefined {
  const stuck = troubles.filter(({ blocking }) => blocking);
  return stuck.length === 0 ? undefined : stuck.map(({ what, remedy }) => `${what} ${remedy}`).join('; ');
}
