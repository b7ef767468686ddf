// The store of a cluster that is watched: the folder that is its own and no other's, and the one writer, which goes on where
// the store is.
import { randomUUID } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { createLiveSink, type LiveSink } from '#pipeline/live-sink.ts';
import type { Store } from '#store/contract.ts';
import type { Progress } from '../progress.ts';
import type { Cluster } from './cluster.ts';
import { claimFolder, clusterFolder } from './cluster-folder.ts';
import { type LiveStore, type LiveStoreOptions, openLiveStore } from './live-store.ts';

export interface ClusterStore {
  readonly folder: string;
  readonly opened: LiveStore;
  readonly sink: LiveSink;
  /** Aborted when it is closed. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export interface ClusterStoreDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly say: Progress;
  /** Where folders that nobody chose lie. */
  readonly home: string;
  onWritten(): void;
}

/** Rejects with `other-stream` when the folder is another cluster's or a replay's, before anything of it is removed. */
export async function openClusterStore(
  cluster: Pick<Cluster, 'identify'>,
  { data: chosen, ...options }: Omit<LiveStoreOptions, 'folder'> & { readonly data?: string },
  { clock, log, say, home, onWritten }: ClusterStoreDeps,
): Promise<ClusterStore> {
  const identity = await cluster.identify();
  const folder = await clusterFolder({ chosen, home }, identity, say);
  const stopping = new AbortController();
  const { signal } = stopping;
  await using closing = new AsyncDisposableStack();
  const opened = await openLiveStore({ ...options, folder }, { clock, log, signal });
  closing.defer(() => opened.close());
  closing.defer(() => stopping.abort());
  const { store, appends } = opened;
  const stream = await claimFolder(folder, store, identity);
  say.line(`Data      ${folder}`);
  const sink = createLiveSink(appends, {
    ...{ epoch: await store.nextEpoch(), stream, run: randomUUID(), storedMs: await positionIn(store) },
    onWritten() {
      onWritten();
      opened.stored();
    },
  });
  const parts = closing.move();
  return { folder, opened, sink, signal, close: () => parts.disposeAsync() };
}

/** What the store has; -Infinity when it is empty. */
export async function positionIn(store: Pick<Store, 'position'>): Promise<number> {
  return (await store.position())?.seenMs ?? Number.NEGATIVE_INFINITY;
}
