// The CustomResourceDefinition of a kind, from its definition. The API server refuses with it what can be judged without a
// cluster, and fills in the defaults.
import { HUB, type Kind, objectSchema } from './kinds.ts';
import { published } from './schema/structural-schema.ts';

/** Who converts between versions; absent: nobody, the API server only changes the version's name. */
export interface ConversionService {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly port: number;
}

export interface CrdOptions {
  readonly group: string;
  readonly conversion?: ConversionService;
}

/** The definition as an object to print or to send. */
export function crdOf(kind: Kind, { group, conversion }: CrdOptions) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}`, labels: { 'app.kubernetes.io/name': 'tidewatch' } },
    spec: {
      group,
      scope: kind.isNamespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
      },
      ...(kind.versions.length > 1 && { conversion: conversionOf(conversion) }),
      versions: kind.versions.map((version) => ({
        name: version.name,
        served: true,
        storage: version.name === HUB,
        subresources: { status: {} },
        additionalPrinterColumns: version.columns,
        schema: { openAPIV3Schema: published(objectSchema(kind, version)) },
      })),
    },
  };
}

function conversionOf(service: ConversionService | undefined) {
  if (service === undefined) return { strategy: 'None' };
  return {
    strategy: 'Webhook',
    webhook: { conversionReviewVersions: ['v1'], clientConfig: { service } },
  };
}
