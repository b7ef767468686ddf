// One watch, from a version until the server ends it, something breaks, or it falls silent. Its lines become events; what
// cannot be read is handed over as quarantined, and the stream goes on. Silence is judged by a timer of our own: a
// connection that nobody closed says nothing for ever.
import type { Clock } from '#kit/clock.ts';
import type { KubeCall, KubeClient, KubeQuery, KubeTarget } from './contract.ts';
import { KubeError, type KubeStatus, refusalError } from './kube-error.ts';
import { resourceOf } from './kube-path.ts';
import { createLineReader } from './watch-lines.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

export interface WatchOptions {
  readonly client: KubeClient;
  readonly call: KubeCall;
  readonly target: KubeTarget;
  readonly query: KubeQuery;
  readonly version: string;
  /** After which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** How long it may say nothing. */
  readonly idleMs: number;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The server has taken the watch. */
  onOpen(): void;
  onEvent(type: WatchEventType, object: unknown): void;
  /** A line that is not what it should be; `version` when it told one. */
  onQuarantined(reason: string, version: string | undefined): void;
}

const KNOWN: readonly string[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies WatchEventType[];

function isKnown(type: unknown): type is WatchEventType {
  return typeof type === 'string' && KNOWN.includes(type);
}

/** Resolves when the server ends the watch. Rejects with a KubeError: `status` 410 when the version is too old. */
export async function watchOnce(options: WatchOptions): Promise<void> {
  const { client, call, target, version, timeoutSeconds, clock, signal } = options;
  const ending = new AbortController();
  const stop = () => ending.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  let lastByteMs = clock.nowMs();
  const silence = guardSilence(options, ending, () => lastByteMs);
  try {
    const query = { ...options.query, resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds };
    const chunks = await client.stream(call, target, { query, signal: ending.signal });
    options.onOpen();
    const lines = createLineReader({
      maxBytes: options.maxLineBytes,
      onLine: (line) => readLine(line, options),
      onTooLong: () => options.onQuarantined('too long', undefined),
    });
    for await (const chunk of chunks) {
      lastByteMs = clock.nowMs();
      lines.push(chunk);
    }
  } catch (error) {
    throw silence.error ?? error;
  } finally {
    signal.removeEventListener('abort', stop);
    // Also ends the stream when a line was the reason to stop.
    ending.abort();
  }
  if (silence.error !== undefined) throw silence.error;
}

/** One sleeper a watch, however many bytes come. */
function guardSilence({ call, idleMs, clock }: WatchOptions, ending: AbortController, lastByteMs: () => number) {
  const silence: { error: KubeError | undefined } = { error: undefined };
  const watchOver = async () => {
    while (!ending.signal.aborted) {
      const leftMs = lastByteMs() + idleMs - clock.nowMs();
      if (leftMs > 0) {
        await clock.sleep(leftMs, ending.signal);
        continue;
      }
      const sentence = `the watch of ${resourceOf(call)} said nothing for ${idleMs / 1000} s; it is opened again`;
      silence.error = new KubeError(0, 'Silent', sentence);
      ending.abort();
    }
  };
  void watchOver();
  return silence;
}

function readLine(line: string, options: WatchOptions): void {
  let event: { readonly type?: unknown; readonly object?: unknown } | null;
  try {
    event = JSON.parse(line);
  } catch {
    options.onQuarantined('not JSON', undefined);
    return;
  }
  const { type, object } = event ?? {};
  if (type === 'ERROR') throw errorEvent((object ?? {}) as KubeStatus, options);
  if (isKnown(type)) options.onEvent(type, object);
  else options.onQuarantined('unknown type', versionOf(object));
}

function errorEvent(body: KubeStatus, { call, target, client }: WatchOptions): KubeError {
  return refusalError({ call, target, server: client.server, status: body.code ?? 500, body });
}

/** Of an object that may lack everything else. */
export function versionOf(object: unknown): string | undefined {
  const version = (object as { metadata?: { resourceVersion?: unknown } } | null | undefined)?.metadata
    ?.resourceVersion;
  return typeof version === 'string' && version !== '' ? version : undefined;
}
