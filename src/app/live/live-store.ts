// A store that takes what is live, with what stands beside it: what is stored and what is not, room for what is new, what
// is sent on, and who is told.
import type { Trouble } from '#api/rest/contract.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Store } from '#store/contract.ts';
import type { EmbeddedStore } from '#store/embedded/embedded-store.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { endProcess } from '../end-process.ts';
import type { NotifyFlags } from '../notify-options.ts';
import type { RemoteWriteFlags } from '../remote-write-options.ts';
import { type Alerting, openAlerting } from './alerting.ts';
import { type AppendHealth, watchAppends } from './append-health.ts';
import { countHeard } from './heard-alerts.ts';
import { overdue } from './pulse.ts';
import { openRemoteWrite, remoteWriteTroubles } from './remote-write.ts';
import { keepUp, type Upkeep } from './upkeep.ts';

export interface LiveStore {
  readonly store: EmbeddedStore;
  /** Appends that are watched: those that are to be told of. */
  readonly appends: AppendHealth;
  readonly upkeep: Upkeep;
  readonly remote: RemoteWrite | undefined;
  readonly alerting: Alerting;
  /** Something was stored: what is beside the store looks at it. */
  stored(): void;
  troubles(): readonly Trouble[];
  /** Why only a new start helps. */
  stuck(): string | undefined;
  close(): Promise<void>;
}

export interface LiveStoreOptions extends RemoteWriteFlags, NotifyFlags {
  readonly folder: string;
  readonly fresh?: boolean;
  readonly maxSize?: number;
  readonly retention: number;
}

/** No answer takes a fraction of it; long work goes in steps, between which others are answered. */
const STALLED_MS = 600_000;

export async function openLiveStore(
  options: LiveStoreOptions,
  deps: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<LiveStore> {
  const { folder, fresh = false, maxSize: maxBytes, retention } = options;
  const { clock, log } = deps;
  const embedded = await openEmbeddedStore({
    ...{ folder, fresh, outbox: options.remoteWrite !== undefined, alerts: true, onEnded: endProcess },
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  const heard = countHeard(embedded.alerts);
  const store: EmbeddedStore = { ...embedded, alerts: heard.book };
  await using closing = new AsyncDisposableStack();
  closing.defer(() => store.close());
  const remote = await openRemoteWrite(store.outbox, options, { clock, random: Math.random, log });
  closing.defer(() => remote?.close());
  const alerting = await openAlerting(store.alerts, options, {
    ...{ clock, steadyClock: systemClock, random: Math.random, log, heard: heard.counts },
  });
  closing.defer(() => alerting.close());
  const upkeep = await keepUp(store, { retention, ...(maxBytes === undefined ? {} : { maxSize: maxBytes }) }, deps);
  const appends = watchAppends(store, { clock, onFull: () => void upkeep.room.full() });
  const opened = closing.move();
  return {
    ...{ store, appends, upkeep, remote, alerting },
    stored() {
      remote?.wake();
      alerting.wake();
    },
    troubles: () => [
      ...appends.troubles(),
      ...upkeep.room.troubles(),
      ...remoteWriteTroubles(remote, clock),
      ...alerting.troubles(),
    ],
    stuck: () => overdue('the store has answered nothing', store.stalledMs(), STALLED_MS),
    close: () => opened.disposeAsync(),
  };
}

/** What the cluster is called that the store is of; '' in an empty one. */
export async function clusterOf(store: Pick<Store, 'position'>): Promise<string> {
  return ((await store.position())?.stream ?? '').replace(/^cluster:/, '');
}
