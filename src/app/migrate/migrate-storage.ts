// Storage-version migration: has every stored object written again, so that the API server stores it in the newest version, and
// then says in the CRD that the old one is stored no more. A write that changes nothing is enough: the API server sees that what
// it would store differs. It may be broken off and begun anew at any time.
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { hasStatus } from '#kube/kube-error.ts';

export interface MigrateOptions {
  readonly client: KubeClient;
  /** Of the CRD, e.g. anomalydetectors.monitoring.my.company. */
  readonly crd: string;
  readonly signal: AbortSignal;
  progress(done: number, all: number): void;
}

export interface Migrated {
  /** Versions that objects may have been stored in before, and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly written: number;
  /** Deleted while it was under way. */
  readonly gone: number;
}

interface Crd {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: { readonly versions: readonly { readonly name: string; readonly storage: boolean }[] };
  readonly status?: { readonly storedVersions?: readonly string[] };
}

interface Page {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly namespace?: string; readonly name: string } }[];
}

const PAGE = 200;
const MERGE = 'application/merge-patch+json';

/** Rejects as the client does: 404 where the CRD is absent; what is written by then stays written. */
export async function migrateStorage({ client, crd, signal, progress }: MigrateOptions): Promise<Migrated> {
  const { status, spec } = await client.request<Crd>(CALLS.getCrd, { name: crd }, { signal });
  const before = status?.storedVersions ?? [];
  const newest = spec.versions.filter(({ storage }) => storage).map(({ name }) => name);
  if (before.every((version) => newest.includes(version))) return { before, after: before, written: 0, gone: 0 };
  const counts = { written: 0, gone: 0 };
  for (let next: string | undefined; ; ) {
    const query = { limit: PAGE, continue: next };
    const page = await client.request<Page>(CALLS.listDetectors, {}, { query, signal });
    const all = counts.written + counts.gone + page.items.length + (page.metadata.remainingItemCount ?? 0);
    for (const { metadata } of page.items) {
      if (await rewrite(client, metadata, signal)) counts.written++;
      else counts.gone++;
      progress(counts.written + counts.gone, all);
    }
    next = page.metadata.continue;
    if (next === undefined || next === '') break;
  }
  return { before, after: await trim({ client, crd, signal }, newest), ...counts };
}

/** Whether it was still there. */
async function rewrite(
  client: KubeClient,
  { namespace, name }: Page['items'][number]['metadata'],
  signal: AbortSignal,
): Promise<boolean> {
  const target = { name, ...(namespace !== undefined && { namespace }) };
  try {
    await client.request(CALLS.rewriteDetector, target, { body: {}, contentType: MERGE, signal });
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) return false;
    throw error;
  }
}

/** Only where the CRD is as it was read: what was stored in an old version meanwhile must not be forgotten. */
async function trim(
  { client, crd, signal }: Pick<MigrateOptions, 'client' | 'crd' | 'signal'>,
  storedVersions: readonly string[],
): Promise<readonly string[]> {
  const { metadata } = await client.request<Crd>(CALLS.getCrd, { name: crd }, { signal });
  const body = { metadata: { resourceVersion: metadata.resourceVersion }, status: { storedVersions } };
  await client.request(CALLS.patchCrdStatus, { name: crd }, { body, contentType: MERGE, signal });
  return storedVersions;
}
