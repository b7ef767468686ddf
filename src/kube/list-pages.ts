// A whole list, page by page: what an object is projected to is kept, the page is let go. Pages of one list show one
// moment of the server; when that moment has been compacted in between, the list fails with 410 and begins anew.
import type { KubeCall, KubeClient, KubeQuery, KubeRecord, KubeTarget, ObjectKey } from './contract.ts';
import { objectKey } from './object-key.ts';
import { identityOf } from './raw-object.ts';

export interface ListOptions<T extends KubeRecord> {
  readonly client: KubeClient;
  readonly call: KubeCall;
  readonly target: KubeTarget;
  readonly query: KubeQuery;
  readonly pageSize: number;
  readonly signal: AbortSignal;
  project(object: unknown): T | undefined;
  /** The server has answered with another page. */
  onPage(): void;
  onUnread(reason: string, error: unknown): void;
}

export interface WholeList<T extends KubeRecord> {
  readonly records: Map<ObjectKey, T>;
  /** Objects that are there and that `project` could not read: key → uid. */
  readonly unread: Map<ObjectKey, string>;
  /** Where a watch goes on. */
  readonly version: string;
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly unknown[] | null;
}

const PAGE_DEADLINE_MS = 60_000;

/** Rejects as the client does; nothing of a list that broke off is kept. */
export async function listPages<T extends KubeRecord>(options: ListOptions<T>): Promise<WholeList<T>> {
  const { client, call, target, signal, pageSize } = options;
  const records = new Map<ObjectKey, T>();
  const unread = new Map<ObjectKey, string>();
  let next: string | undefined;
  for (;;) {
    const query = { ...options.query, limit: pageSize, continue: next };
    const page = await client.request<Page>(call, target, { query, signal, timeoutMs: PAGE_DEADLINE_MS });
    options.onPage();
    for (const item of page.items ?? []) readItem(item, options, records, unread);
    next = page.metadata.continue;
    if (next === undefined || next === '') return { records, unread, version: page.metadata.resourceVersion };
  }
}

function readItem<T extends KubeRecord>(
  item: unknown,
  { project, onUnread }: ListOptions<T>,
  records: Map<ObjectKey, T>,
  unread: Map<ObjectKey, string>,
): void {
  try {
    const { uid, namespace, name } = identityOf(item);
    const key = objectKey(namespace, name);
    try {
      const record = project(item);
      if (record !== undefined) records.set(key, record);
    } catch (error) {
      unread.set(key, uid);
      onUnread('not projected', error);
    }
  } catch (error) {
    onUnread('no identity', error);
  }
}
