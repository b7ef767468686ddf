import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { installObjects } from '#app/manifests/install.ts';
import { defaultOptions } from '#app/manifests/options.ts';
import { chaosFiles } from './chaos-files.ts';

interface Experiment {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly selector: { readonly namespaces: readonly string[]; readonly labelSelectors: Record<string, string> };
    readonly port?: number;
    readonly tls?: { readonly secretName: string };
  };
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: { readonly containers: readonly { readonly ports?: readonly { containerPort: number }[] }[] };
    };
  };
}

const OPTIONS = { ...defaultOptions('1.2.3'), namespace: 'elsewhere' };
const INSTALLED = installObjects(OPTIONS) as readonly Workload[];
const FILES = Object.entries(chaosFiles(OPTIONS)).map(
  ([path, text]) => [path, parseDocument(text).toJS() as Experiment] as const,
);

it.each(FILES)('%s finds the pods of admission, and no others', (_, { metadata, spec }) => {
  const { namespaces, labelSelectors } = spec.selector;
  const found = INSTALLED.filter(({ metadata: { namespace }, spec: { template } = {} }) => {
    const labels = template?.metadata.labels;
    const carries = ([key, value]: [string, string]) => labels?.[key] === value;
    return labels !== undefined && namespaces.includes(namespace) && Object.entries(labelSelectors).every(carries);
  });
  expect(found.map(({ metadata: { name } }) => name)).toEqual(['tidewatch-admission']);
  expect(metadata.namespace).toBe('elsewhere');
  if (spec.port === undefined) return;
  const ports = found[0]?.spec.template?.spec.containers.flatMap((container) => container.ports ?? []);
  expect(ports?.map(({ containerPort }) => containerPort)).toContain(spec.port);
  const secrets = INSTALLED.filter(({ kind }) => kind === 'Secret').map(({ metadata: { name } }) => name);
  expect(secrets).toContain(spec.tls?.secretName);
});
