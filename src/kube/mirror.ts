// The two things that keep a copy fresh, each once: a whole list, and a watch from where the list or the last watch left
// off. What comes is projected and put into the copy; what cannot be read is counted and left out. When to do which, and
// how long to wait in between, is the reflector's.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { KubeCall, KubeClient, KubeQuery, KubeRecord, KubeTarget, ReflectorListener } from './contract.ts';
import { resourceOf } from './kube-path.ts';
import { listPages } from './list-pages.ts';
import { objectKey } from './object-key.ts';
import { identityOf } from './raw-object.ts';
import { createRecordCopy, type RecordCopy } from './record-copy.ts';
import { versionOf, type WatchEventType, type WatchOptions, watchOnce } from './watch-once.ts';

export interface MirrorOptions<T extends KubeRecord> {
  readonly client: KubeClient;
  readonly list: KubeCall;
  readonly watch: KubeCall;
  /** The namespace, when it is one only. */
  readonly target?: KubeTarget;
  /** `labelSelector`, `fieldSelector`. */
  readonly query?: KubeQuery;
  /** What is kept of an object; undefined when it is not wanted. The raw object is let go. */
  project(object: unknown): T | undefined;
  readonly listeners?: readonly ReflectorListener<T>[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** How long a watch may say nothing: 90 s unless told; most kinds get a bookmark every minute, events get none. */
  readonly idleMs?: number;
  /** Shortest time after which the server ends a watch, 300 s unless told; up to twice as long, by chance. */
  readonly watchSeconds?: number;
  readonly pageSize?: number;
  /** 16 MiB unless told: more than ten times what the API server stores. */
  readonly maxLineBytes?: number;
}

export interface Mirror<T extends KubeRecord> {
  readonly records: RecordCopy<T>['records'];
  /** Where a watch begins; undefined when only a list will do. */
  version: string | undefined;
  readonly counts: { lists: number; watches: number; quarantined: number; listenerErrors: number };
  listAll(signal: AbortSignal): Promise<void>;
  /** Resolves when the server has ended it. */
  watchFrom(version: string, signal: AbortSignal): Promise<void>;
}

/** Told of everything that the server says; the watch's beginning is not yet `news`. */
export type OnProgress = (isNews: boolean) => void;

export function createMirror<T extends KubeRecord>(options: MirrorOptions<T>, onProgress: OnProgress): Mirror<T> {
  const { client, target = {}, query = {}, clock, log } = options;
  const kind = resourceOf(options.list);
  const counts: Mirror<T>['counts'] = { lists: 0, watches: 0, quarantined: 0, listenerErrors: 0 };
  const copy = createRecordCopy<T>(options.listeners ?? [], (error) => {
    counts.listenerErrors++;
    log.error({ kind, error: String(error) }, 'a listener threw; the next change is told all the same');
  });
  const quarantine = (reason: string, error?: unknown) => {
    // One line, however many follow: the count tells of the rest.
    if (counts.quarantined === 0) log.warn({ kind, reason, error: String(error ?? '') }, 'left out what is unreadable');
    counts.quarantined++;
  };
  const apply = (type: WatchEventType, object: unknown) => {
    onProgress(true);
    try {
      if (type !== 'BOOKMARK') applyChange(copy, (raw) => options.project(raw), type, object);
    } catch (error) {
      quarantine('not projected', error);
    }
    mirror.version = versionOf(object) ?? mirror.version;
  };
  const mirror: Mirror<T> = {
    records: copy.records,
    version: undefined,
    counts,
    listAll: async (signal) => {
      counts.lists++;
      const whole = await listPages<T>({
        ...{ client, call: options.list, target, query, pageSize: options.pageSize ?? 500, signal },
        project: (object) => options.project(object),
        onPage: () => onProgress(true),
        onUnread: quarantine,
      });
      mirror.version = whole.version;
      copy.replace(whole.records, whole.unread);
    },
    watchFrom: (version, signal) => {
      counts.watches++;
      const { idleMs = 90_000, watchSeconds = 300, maxLineBytes = 16 * 1024 * 1024 } = options;
      const timeoutSeconds = Math.round(watchSeconds * (1 + options.random()));
      const onQuarantined: WatchOptions['onQuarantined'] = (reason, seen) => {
        onProgress(true);
        quarantine(reason);
        mirror.version = seen ?? mirror.version;
      };
      return watchOnce({
        ...{ client, call: options.watch, target, query, version, timeoutSeconds, idleMs, maxLineBytes, clock, signal },
        ...{ onOpen: () => onProgress(false), onEvent: apply, onQuarantined },
      });
    },
  };
  return mirror;
}

function applyChange<T extends KubeRecord>(
  copy: RecordCopy<T>,
  project: (object: unknown) => T | undefined,
  type: Exclude<WatchEventType, 'BOOKMARK'>,
  object: unknown,
): void {
  const { uid, namespace, name } = identityOf(object);
  const key = objectKey(namespace, name);
  if (type === 'DELETED') {
    copy.remove(key, uid);
    return;
  }
  // An older one of that name is gone, whatever becomes of this one.
  if (copy.records.get(key)?.uid !== uid) copy.remove(key);
  const record = project(object);
  if (record === undefined) copy.remove(key);
  else copy.put(record);
}
