// The programs that the end-to-end tests run for real: which version, where it comes from, and where its binaries
// lie. What is built lies in a cache folder outside the repository, one folder a part and version; a folder that is
// there is whole. The versions of Go modules stand in go/<module>/go.mod as well.
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface BuiltPart {
  readonly from: 'go';
  readonly version: string;
  readonly module: string;
  /** A folder of go/ whose go.mod requires the module; or the module's checksum, where its own go.mod must rule. */
  readonly source: { readonly requiredBy: string } | { readonly checksum: string };
  /** Binary → the package it is built from. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Variables that the linker sets, so that the binary knows its version. */
  readonly variables?: Readonly<Record<string, string>>;
  /** File beside the binaries → the module's file that it is a copy of. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface PackagedPart {
  readonly from: 'apt';
  readonly binaries: readonly string[];
}

export type Part = BuiltPart | PackagedPart;

function kubernetes(name: string): BuiltPart {
  const version = 'k8s.io/component-base/version';
  return {
    from: 'go',
    version: 'v1.36.1',
    module: 'k8s.io/kubernetes',
    source: { requiredBy: 'kubernetes' },
    binaries: { [name]: `k8s.io/kubernetes/cmd/${name}` },
    variables: { [`${version}.gitVersion`]: 'v1.36.1', [`${version}.gitMajor`]: '1', [`${version}.gitMinor`]: '36' },
  };
}

/** In the order in which they are built: what most tests need comes first. */
export const PARTS = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  etcd: {
    from: 'go',
    version: 'v3.7.3',
    module: 'go.etcd.io/etcd/server/v3',
    source: { requiredBy: 'etcd' },
    binaries: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  kubectl: kubernetes('kubectl'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kwok: {
    from: 'go',
    version: 'v0.8.0',
    module: 'sigs.k8s.io/kwok',
    source: { requiredBy: 'kwok' },
    binaries: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    // The chaos stages act only on pods that carry their label.
    files: {
      'stages/node-initialize.yaml': 'kustomize/stage/node/fast/node-initialize.yaml',
      'stages/pod-ready.yaml': 'kustomize/stage/pod/fast/pod-ready.yaml',
      'stages/pod-complete.yaml': 'kustomize/stage/pod/fast/pod-complete.yaml',
      'stages/pod-delete.yaml': 'kustomize/stage/pod/fast/pod-delete.yaml',
      'stages/pod-container-running-failed.yaml': 'kustomize/stage/pod/chaos/pod-container-running-failed.yaml',
      'stages/pod-init-container-running-failed.yaml':
        'kustomize/stage/pod/chaos/pod-init-container-running-failed.yaml',
    },
  },
  // Kubernetes 1.30's own validation without a cluster: the oldest whose rules in CEL the definitions keep to.
  'kubectl-validate': {
    from: 'go',
    version: 'v0.0.4',
    module: 'sigs.k8s.io/kubectl-validate',
    source: { requiredBy: 'kubectl-validate' },
    binaries: { 'kubectl-validate': 'sigs.k8s.io/kubectl-validate' },
  },
  prometheus: { from: 'apt', binaries: ['prometheus', 'promtool'] },
  'prometheus-alertmanager': { from: 'apt', binaries: ['prometheus-alertmanager'] },
  faketime: { from: 'apt', binaries: ['faketime'] },
  strace: { from: 'apt', binaries: ['strace'] },
  'victoria-metrics': {
    from: 'go',
    version: 'v1.130.0',
    module: 'github.com/VictoriaMetrics/VictoriaMetrics',
    source: { checksum: 'h1:It3L+g6JF6V8vaFIXTKZxLDmY8l1AtYNdeXWwgjsuhY=' },
    binaries: { 'victoria-metrics': './app/victoria-metrics' },
    variables: { 'github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version': 'victoria-metrics-v1.130.0' },
  },
  'prometheus-3': {
    from: 'go',
    version: 'v0.315.0',
    module: 'github.com/prometheus/prometheus',
    source: { checksum: 'h1:sFGZWmC2Hk9N1NBJGCnXYZb5hyLCq8yuAMoEjLAg6ac=' },
    binaries: { prometheus: './cmd/prometheus', promtool: './cmd/promtool' },
    variables: { 'github.com/prometheus/common/version.Version': '3.15.0' },
  },
  'kube-state-metrics': {
    from: 'go',
    version: 'v2.18.0',
    module: 'k8s.io/kube-state-metrics/v2',
    source: { checksum: 'h1:3T0ydK17wNf+uYyxaTMg0vM0lyqWMAv8xDqZjheMdxk=' },
    binaries: { 'kube-state-metrics': '.' },
  },
  'prometheus-node-exporter': { from: 'apt', binaries: ['prometheus-node-exporter'] },
  /** No program of it runs here: what deploy/chaos/ is judged by. Apache-2.0. */
  'chaos-mesh': {
    from: 'go',
    version: 'v0.9.1-0.20260902003049-47411975a8cb',
    module: 'github.com/chaos-mesh/chaos-mesh',
    source: { checksum: 'h1:0TeWmCELKreoLAXuoPaO2qpJe73foDgOoyU3fdKQN4A=' },
    binaries: {},
    files: Object.fromEntries(
      ['httpchaos', 'networkchaos', 'podchaos', 'stresschaos', 'timechaos'].map((kind) => [
        `crds/${kind}.yaml`,
        `config/crd/bases/chaos-mesh.org_${kind}.yaml`,
      ]),
    ),
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

/** The cache folder of all parts: `TIDEWATCH_PARTS`, or one within the user's cache. */
export function partsFolder(): string {
  return (
    process.env.TIDEWATCH_PARTS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tidewatch/parts')
  );
}

/** Where a part's binaries lie once it is built. */
export function folderOf(name: PartName, { version }: BuiltPart): string {
  return join(partsFolder(), `${name}-${version}`);
}

/** The path of a part's binary, or of a file beside them, by default the one of its own name; undefined when it is not there. */
export function findBinary(name: PartName, binary: string = name): string | undefined {
  const part: Part = PARTS[name];
  if (part.from === 'apt') return findOnPath(binary);
  const path = join(folderOf(name, part), binary);
  return existsSync(path) ? path : undefined;
}

function findOnPath(binary: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, binary));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
