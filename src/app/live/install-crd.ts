// Adds the resource to the cluster, or brings it up to date. The only thing that `run --install` writes before a user
// declares something.
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { hasStatus } from '#kube/kube-error.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import type { Progress } from '../progress.ts';

interface Installed {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec: { readonly conversion?: { readonly strategy: string } };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Looked at so often, so long, until the API server serves it. */
const TRIES = 50;
const PAUSE_MS = 200;

/** All kinds; with no webhook to convert them, for an API server cannot reach a laptop. */
export async function installCrds(client: KubeClient, group: string, say: Progress): Promise<void> {
  for (const kind of kindsOf(ALGORITHMS)) await install(client, crdOf(kind, { group }), say);
}

async function install(client: KubeClient, bare: Installed, say: Progress): Promise<void> {
  const { name } = bare.metadata;
  const before = await find(client, name);
  const wanted = keepConversion(bare, before);
  if (before === undefined) {
    await client.request(CALLS.createCrd, {}, { body: wanted });
    say.line(`Resource  ${name} was added to the cluster`);
  } else if (JSON.stringify(before.spec) !== JSON.stringify(wanted.spec)) {
    const { resourceVersion } = before.metadata;
    await client.request(
      CALLS.updateCrd,
      { name },
      { body: { ...wanted, metadata: { ...wanted.metadata, resourceVersion } } },
    );
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const conditions = (await find(client, name))?.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new AppError('unavailable', `the API server does not serve ${name} yet: see kubectl describe crd ${name}`);
}

/** Of an installation in the cluster, whose webhook loses nothing where we would lose what only v2 says. */
function keepConversion(wanted: Installed, before: Installed | undefined): Installed {
  const conversion = before?.spec.conversion;
  return conversion?.strategy === 'Webhook' ? { ...wanted, spec: { ...wanted.spec, conversion } } : wanted;
}

async function find(client: KubeClient, name: string): Promise<Installed | undefined> {
  try {
    return await client.request<Installed>(CALLS.getCrd, { name });
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
