// The three places where the API server keeps what it trusts of us: both webhook configurations and the conversion of the
// resource. Each is looked at and, only where it differs, changed with a patch that holds for the version that was seen:
// who was faster is not overwritten.
import { CALLS, DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeCall, KubeClient } from '#kube/contract.ts';
import { hasStatus } from '#kube/kube-error.ts';
import { mergedBundle, type Strangers } from './bundle.ts';
import type { AdmissionMetrics } from './metrics.ts';

export interface BundlesDeps {
  readonly client: KubeClient;
  /** Of the installation. */
  readonly group: string;
  readonly metrics: Pick<AdmissionMetrics, 'retried'>;
  readonly nowMs: () => number;
}

export interface Filled {
  /** Whether anything had to be changed. */
  readonly changed: boolean;
  /** What is not there, or asks us for nothing, in words. */
  readonly absent: readonly string[];
}

export interface Bundles {
  /** Has all of them trust these authorities (PEM). Rejects with what the API server refused. */
  fill(authorities: readonly string[], signal?: AbortSignal): Promise<Filled>;
}

interface ClientConfig {
  readonly caBundle?: string;
}

interface Configured {
  readonly metadata: { readonly resourceVersion?: string };
  /** Of a webhook configuration. */
  readonly webhooks?: readonly { readonly clientConfig?: ClientConfig }[];
  /** Of the definition of a resource. */
  readonly spec?: {
    readonly conversion?: { readonly strategy?: string; readonly webhook?: { readonly clientConfig?: ClientConfig } };
  };
}

interface Place {
  readonly what: string;
  readonly name: string;
  readonly get: KubeCall;
  readonly patch: KubeCall;
}

const MOST_TRIES = 5;

export function createBundles(deps: BundlesDeps): Bundles {
  const { group } = deps;
  const strangers: Strangers = new Map();
  const place = (what: string, get: KubeCall, patch: KubeCall): Place => {
    const names = (get.names ?? []).map((name) => name.replace(DETECTOR_GROUP, group));
    return { what, name: names[0] ?? '', get: { ...get, names }, patch: { ...patch, names } };
  };
  const places = [
    place('ValidatingWebhookConfiguration', CALLS.getValidating, CALLS.patchValidating),
    place('MutatingWebhookConfiguration', CALLS.getMutating, CALLS.patchMutating),
    place('CustomResourceDefinition', CALLS.getConversion, CALLS.patchConversion),
  ];
  return {
    async fill(authorities, signal) {
      const filled = await Promise.all(places.map((one) => fillPlace(one, authorities, strangers, deps, signal)));
      return {
        changed: filled.includes('changed'),
        absent: places.flatMap(({ what, name }, index) => (filled[index] === 'absent' ? [`${what} ${name}`] : [])),
      };
    },
  };
}

async function fillPlace(
  { name, get, patch }: Place,
  authorities: readonly string[],
  strangers: Strangers,
  { client, metrics, nowMs }: BundlesDeps,
  signal?: AbortSignal,
): Promise<'same' | 'changed' | 'absent'> {
  const request = signal === undefined ? {} : { signal };
  for (let tries = 1; ; tries++) {
    const object = await client.request<Configured>(get, { name }, request).catch((error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    });
    const slots = object === undefined ? [] : slotsOf(object);
    if (object === undefined || slots.length === 0) return 'absent';
    const steps = slots.flatMap(({ path, caBundle }) => {
      const bundle = mergedBundle(caBundle, authorities, strangers, nowMs());
      return bundle === undefined ? [] : [{ op: 'add', path, value: Buffer.from(bundle).toString('base64') }];
    });
    if (steps.length === 0) return 'same';
    const seen = { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion };
    try {
      const body = [seen, ...steps];
      await client.request(patch, { name }, { ...request, body, contentType: 'application/json-patch+json' });
      return 'changed';
    } catch (error) {
      // 422 is what a test in a patch that does not hold is answered with.
      const isRace = hasStatus(error, 409) || hasStatus(error, 422);
      if (!isRace || tries === MOST_TRIES) throw error;
      metrics.retried('bundle', 'conflict');
    }
  }
}

function slotsOf({ webhooks = [], spec }: Configured): { readonly path: string; readonly caBundle: string }[] {
  const ofWebhooks = webhooks.map(({ clientConfig }, index) => ({
    ...{ path: `/webhooks/${index}/clientConfig/caBundle`, caBundle: clientConfig?.caBundle ?? '' },
  }));
  const { strategy, webhook } = spec?.conversion ?? {};
  if (strategy !== 'Webhook' || webhook?.clientConfig === undefined) return ofWebhooks;
  const path = '/spec/conversion/webhook/clientConfig/caBundle';
  return [...ofWebhooks, { path, caBundle: webhook.clientConfig.caBundle ?? '' }];
}
