// An API server for tests, in memory: one kind of object with versions, pages, a history to watch and compact, and the
// faults of a real one on command. It counts how many lists and watches were under way at once.
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from './contract.ts';
import { KubeError } from './kube-error.ts';
import { objectKey } from './object-key.ts';

export interface TestObject {
  readonly metadata: { uid: string; name: string; namespace: string; resourceVersion: string };
  readonly spec: { readonly value: string };
}

interface Stream {
  push(bytes: Uint8Array): void;
  end(error?: Error): void;
}

interface Page {
  readonly items: readonly TestObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

const expired = () => new KubeError(410, 'Expired', 'too old resource version');
const reset = () => new KubeError(0, 'Unreachable', 'read ECONNRESET');

export class TestApi implements KubeClient {
  readonly server = 'https://test';
  /** What the server has. */
  readonly objects = new Map<string, TestObject>();
  /** The next calls of a verb fail so, in order. */
  readonly failures: { readonly verb: 'list' | 'watch'; readonly error: Error }[] = [];
  readonly requests: { readonly call: KubeCall; readonly target: KubeTarget; readonly request: KubeRequest }[] = [];
  /** Watches are taken and hear nothing. */
  silent = false;
  listsAtOnce = 0;
  mostListsAtOnce = 0;
  mostWatchesAtOnce = 0;
  /** Called in the middle of a list, after each page. */
  onPage: (() => void) | undefined;
  #version = 1;
  #compacted = 0;
  #history: { readonly version: number; readonly line: string }[] = [];
  readonly #pages = new Map<string, { readonly version: number; readonly rest: readonly TestObject[] }>();
  readonly #streams = new Set<Stream>();

  get version(): number {
    return this.#version;
  }

  get watches(): number {
    return this.#streams.size;
  }

  put(name: string, value: string, namespace = 'shop'): void {
    const key = objectKey(namespace, name);
    const before = this.objects.get(key);
    const resourceVersion = String(++this.#version);
    const uid = before?.metadata.uid ?? `uid-${this.#version}`;
    const object = { metadata: { uid, name, namespace, resourceVersion }, spec: { value } };
    this.objects.set(key, object);
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', object);
  }

  remove(name: string, namespace = 'shop'): void {
    const key = objectKey(namespace, name);
    const before = this.objects.get(key);
    if (before === undefined) return;
    this.objects.delete(key);
    this.#tell('DELETED', {
      ...before,
      metadata: { ...before.metadata, resourceVersion: String(++this.#version) },
    });
  }

  bookmark(): void {
    this.send(
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: `${this.#version}` } } })}\n`,
    );
  }

  /** What came before is no longer known. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history = [];
    this.#pages.clear();
  }

  /** These very bytes, to every watch. */
  send(bytes: string | Uint8Array): void {
    if (this.silent) return;
    for (const stream of this.#streams) stream.push(Buffer.from(bytes));
  }

  /** Every watch breaks, in the middle of a line when told. */
  cut(halfLine = ''): void {
    if (halfLine !== '') this.send(halfLine);
    for (const stream of [...this.#streams]) stream.end(reset());
  }

  /** Every watch ends as it does when its time is over. */
  end(): void {
    for (const stream of [...this.#streams]) stream.end();
  }

  async request<T>(call: KubeCall, target: KubeTarget, request: KubeRequest = {}): Promise<T> {
    this.requests.push({ call, target, request });
    this.listsAtOnce++;
    this.mostListsAtOnce = Math.max(this.mostListsAtOnce, this.listsAtOnce);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      this.#failAs('list');
      const page = this.#page(Number(request.query?.limit), request.query?.continue);
      this.onPage?.();
      return page as T;
    } finally {
      this.listsAtOnce--;
    }
  }

  async stream(call: KubeCall, target: KubeTarget, request: KubeRequest = {}): Promise<AsyncIterable<Uint8Array>> {
    this.requests.push({ call, target, request });
    await new Promise((resolve) => setImmediate(resolve));
    this.#failAs('watch');
    const from = Number(request.query?.resourceVersion);
    if (from < this.#compacted) throw expired();
    const { stream, chunks } = openStream((closed) => this.#streams.delete(closed), request.signal);
    this.#streams.add(stream);
    this.mostWatchesAtOnce = Math.max(this.mostWatchesAtOnce, this.#streams.size);
    for (const { version, line } of this.#history) if (version > from && !this.silent) stream.push(Buffer.from(line));
    return chunks;
  }

  async close(): Promise<void> {
    this.cut();
  }

  #failAs(verb: 'list' | 'watch'): void {
    const [next] = this.failures;
    if (next?.verb !== verb) return;
    this.failures.shift();
    throw next.error;
  }

  #page(limit: number, token: unknown): Page {
    const known = typeof token === 'string' ? this.#pages.get(token) : undefined;
    if (typeof token === 'string' && known === undefined) throw expired();
    const { version, rest } = known ?? { version: this.#version, rest: [...this.objects.values()] };
    const resourceVersion = String(version);
    if (rest.length <= limit) return { items: rest, metadata: { resourceVersion } };
    const next = `${version}.${rest.length}`;
    this.#pages.set(next, { version, rest: rest.slice(limit) });
    return { items: rest.slice(0, limit), metadata: { resourceVersion, continue: next } };
  }

  #tell(type: string, object: TestObject): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    this.#history.push({ version: this.#version, line });
    this.send(line);
  }
}

function openStream(onClose: (stream: Stream) => void, signal: AbortSignal | undefined) {
  const waiting: Uint8Array[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let wake = () => {};
  const stream: Stream = {
    push: (bytes) => {
      waiting.push(bytes);
      wake();
    },
    end: (error) => {
      ended ??= { error };
      onClose(stream);
      wake();
    },
  };
  signal?.addEventListener('abort', () => stream.end(new KubeError(0, 'Aborted', 'given up')));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (ended?.error !== undefined) throw ended.error;
      else if (ended !== undefined) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return { stream, chunks: chunks() };
}
