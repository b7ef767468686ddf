// Talking to the API server, as the rest of the house sees it. Every call is declared once in calls.ts and the client makes
// no other, so that the rights to be granted follow from what the code really calls.
import type { Labels } from '#model/series.ts';

/** Who calls: each role runs under an account of its own. */
export type KubeRole = 'keeper' | 'operator' | 'analyser' | 'admission' | 'certificates' | 'observer' | 'installer';
export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface KubeCall {
  readonly verb: KubeVerb;
  /** '' is the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in the path. */
  readonly resource: string;
  readonly subresource?: string;
  /** `cluster`: across namespaces or of no namespace; `namespace`: only in the one that Tidewatch runs in. */
  readonly scope: 'cluster' | 'namespace';
  /** The only objects that may be named; absent: any. RBAC cannot limit `create` and `list` so. */
  readonly names?: readonly string[];
  readonly roles: readonly KubeRole[];
  /** One sentence for the reader of the generated rights. */
  readonly why: string;
}

export interface KubeTarget {
  readonly namespace?: string;
  readonly name?: string;
  /** Behind `…/proxy`, with its leading slash. */
  readonly path?: string;
}

export type KubeQuery = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly query?: KubeQuery;
  readonly body?: unknown;
  /** Of the body; `application/json` unless said. Patches say which kind they are. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Until the whole answer is there, of a watch until it has begun; 30 s unless said. */
  readonly timeoutMs?: number;
}

export interface KubeClient {
  /** Address of the API server, for messages. */
  readonly server: string;
  /** The parsed answer. Rejects with a KubeError. */
  request<T>(call: KubeCall, target: KubeTarget, request?: KubeRequest): Promise<T>;
  /** The body's bytes, parsed by the caller: watches, and what comes through a proxy. Rejects as `request` does. */
  stream(call: KubeCall, target: KubeTarget, request?: KubeRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Connections end; what is under way rejects. */
  close(): Promise<void>;
}

/** What every projected object has; the raw object is let go at parse. */
export interface KubeRecord {
  readonly uid: string;
  /** '' for what has none. */
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
}

/** `namespace/name`, or the name alone for what has no namespace. */
export type ObjectKey = string;

export interface ReflectorListener<T extends KubeRecord> {
  /** A new object, also one of a known name with another uid (after `deleted` of the old one). */
  added?(record: T): void;
  updated?(record: T, before: T): void;
  deleted?(record: T): void;
}

/** A copy of what the API server has of one kind, kept fresh by one LIST and one WATCH. */
export interface Reflector<T extends KubeRecord> {
  start(): void;
  stop(): Promise<void>;
  /** Resolves after the first whole list; rejects when the signal aborts. */
  synced(signal?: AbortSignal): Promise<void>;
  readonly isSynced: boolean;
  get(key: ObjectKey): T | undefined;
  list(): IterableIterator<T>;
  readonly size: number;
  status(): ReflectorStatus;
}

export interface ReflectorStatus {
  /** When the server last said anything: a list, an event, a bookmark. Readiness follows from it. */
  readonly lastProgressMs: number;
  /** Why it cannot make progress, in a sentence with what to do; undefined while all is well. */
  readonly trouble: string | undefined;
  readonly lists: number;
  readonly watches: number;
  readonly retries: number;
  /** Lines and objects that could not be read; the stream goes on. */
  readonly quarantined: number;
  /** Listeners that threw; the others hear all the same. */
  readonly listenerErrors: number;
}

/** What a reconcile asks for. Throwing backs the key off, alone. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number;
}

export interface WorkQueue {
  /** Wanted as soon as a worker is free; what is being worked on comes again once. */
  add(key: ObjectKey): void;
  addAfter(key: ObjectKey, delayMs: number): void;
  start(): void;
  /** No new work is begun; what is under way is waited for. */
  stop(): Promise<void>;
  readonly depth: number;
}

/** Who leads writes; the others stand by. */
export interface Leader {
  start(): void;
  /** Gives the lease up, so that another may lead at once. */
  stop(): Promise<void>;
  /** The lease's `leaseTransitions` while this one leads and may still write; undefined otherwise. */
  readonly epoch: number | undefined;
  /** The identity that holds the lease, as last seen. */
  readonly holder: string | undefined;
  /** Why the lease can be neither read nor written, and since when (by the clock); undefined while all is well. */
  readonly trouble: { readonly message: string; readonly sinceMs: number } | undefined;
}

export interface EventNote {
  /** What it is about, as a reference. */
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase. */
  readonly reason: string;
  /** The verb: what was done or tried. */
  readonly action: string;
  /** At most 1 kB; longer is cut. */
  readonly note: string;
}

export interface EventRecorder {
  /** Sent in the background; repeats become one event with a series. Never throws; what is dropped is counted. */
  record(note: EventNote): void;
  readonly dropped: number;
  stop(): Promise<void>;
}

export type { Labels };
