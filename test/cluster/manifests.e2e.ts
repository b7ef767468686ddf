// deploy/manifests/install.yaml on a real API server: strictly valid, at home in the restricted pod security level, its
// resource told and checked as D1 says, and gone without a trace when it is deleted while detectors exist.
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Attempt, makeDetector, REFUSED } from './detector-attempts.ts';
import { installWithoutWebhooks } from './install-manifest.ts';
import { installPodMonitors, makePodMonitor } from './pod-monitors.ts';

export interface ManifestTests {
  /** With controllers, which delete what is in a namespace. Nothing of Tidewatch may be installed in it. */
  readonly plane: ControlPlane;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly template?: { readonly metadata: object; readonly spec: { readonly volumes: readonly object[] } };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

interface Session {
  readonly plane: ControlPlane;
  readonly file: string;
  readonly manifests: readonly Manifest[];
}

type Test = (session: Session) => Promise<void>;

const FILE = new URL('../../deploy/manifests/install.yaml', import.meta.url);
const GONE_WITHIN_MS = 60_000;

/** Runs every test and returns how many failed. They build on each other: the last one removes what the first installed. */
export async function run({ plane, report }: ManifestTests): Promise<number> {
  const file = await readFile(FILE, 'utf8');
  const manifests = parseAllDocuments(file, { version: '1.1' }).map((document) => document.toJS() as Manifest);
  let failed = 0;
  for (const [name, test] of Object.entries(TESTS)) {
    try {
      await test({ plane, file, manifests });
      report(`manifests: ${name}`);
    } catch (error) {
      failed++;
      report(`manifests: ${name}`, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return failed;
}

const TESTS: Readonly<Record<string, Test>> = {
  'install.yaml is valid, strictly': async ({ plane, file, manifests }) => {
    // A dry run finds no namespace that it only pretended to make.
    const namespace = manifests.find(({ kind }) => kind === 'Namespace');
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(namespace));
    const applied = await plane.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], file);
    expectEqual(applied.trim().split('\n').length, manifests.length, 'objects that were taken');
  },
  'its pods are let in by the restricted security level': async ({ plane, manifests }) => {
    const pods = manifests.flatMap(podOf);
    expectEqual(pods.length, 5, 'templates');
    for (const pod of pods) {
      await plane.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], JSON.stringify(pod));
      const careless = JSON.stringify({ ...pod, spec: { ...pod.spec, hostNetwork: true } });
      const refusal = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], careless).catch(String);
      expectContains(refusal, 'violates PodSecurity "restricted');
    }
  },
  'it is applied, a second time without a change, and its resource is served': async ({ plane, file }) => {
    await plane.kubectl(['apply', '--validate=strict', '-f', '-'], file);
    const before = await generations(plane);
    await plane.kubectl(['apply', '-f', '-'], file);
    expectEqual(await generations(plane), before, 'generations after a second time');
    await plane.kubectl(['wait', '--for=condition=Established', 'crd/anomalydetectors.monitoring.my.company']);
    await waitUntil('anomalydetectors to be served', () => plane.kubectl(['get', 'ad', '-A']).then(() => true));
  },
  'before admission runs a detector is refused, soon, with what could not be asked': async ({ plane, file }) => {
    await plane.kubectl(['create', 'namespace', 'shop']);
    const beganMs = performance.now();
    const refusal = await apply(plane, makeDetector('early', {})).catch(String);
    expectContains(refusal, 'failed calling webhook "validation.monitoring.my.company"');
    expectEqual(performance.now() - beganMs < 5000, true, 'whether it was soon');
    // Nothing else waits for it.
    await plane.kubectl(['create', 'configmap', 'other', '-n', 'shop']);
    // What follows is the schema's to judge.
    await plane.kubectl(['delete', '--ignore-not-found', '-f', '-'], webhooksIn(file));
    await plane.kubectl(['apply', '-f', '-'], await installWithoutWebhooks());
  },
  'six lines are a detector: Pending, with its defaults, in columns': async ({ plane }) => {
    await apply(plane, makeDetector('six', {}));
    const { spec, status } = JSON.parse(await plane.kubectl(['get', 'ad', 'six', '-n', 'shop', '-o', 'json'])) as {
      spec: object;
      status: object;
    };
    const given = { selector: { app: 'frontend' }, metricName: 'latency_seconds' };
    expectEqual(sorted(spec), sorted({ ...given, algorithm: 'z-score', threshold: 3, suspend: false }), 'spec');
    const nothing = { anomalousPods: [], anomalousPodCount: 0, conditions: [], monitoredPods: 0 };
    expectEqual(sorted(status), sorted({ ...nothing, state: 'Pending' }), 'status');
    const [head, row] = (await plane.kubectl(['get', 'anomalydetectors', '-n', 'shop'])).split('\n');
    expectEqual(
      head?.trim().split(/ {2,}/).join('|') ?? '',
      'NAME|STATE|PODS|ANOMALOUS|SCORE|SERIES|WARM|LAST SCORE|A DAY|AGE',
      'columns',
    );
    expectMatches(row ?? '', /^six +Pending +0 +0 /);
    const all = await plane.kubectl(['get', 'all', '-n', 'shop']);
    expectEqual(all.includes('anomalydetector'), false, 'whether it is in "get all"');
  },
  'what is right is taken and what is wrong refused, with the path of its field': async ({ plane }) => {
    await apply(plane, makeDetector('full', { algorithm: 'ema', threshold: 0, parameters: { a: 1, b: 'x', c: true } }));
    const wrong: string[] = [];
    for (const attempt of REFUSED) {
      const answer = await tryToApply(plane, attempt);
      const unsaid = [attempt.path, attempt.says].filter((part) => !answer.includes(part));
      if (unsaid.length > 0) wrong.push(`${attempt.name}: no ${unsaid.join(' and no ')} in: ${answer}`);
    }
    expectEqual(wrong.join('\n'), '', 'attempts');
  },
  'a status of another state, or of too many names, is refused': async ({ plane }) => {
    const patch = (status: object) =>
      plane
        .kubectl([
          'patch',
          'ad',
          'six',
          '-n',
          'shop',
          '--subresource=status',
          '--type=merge',
          '-p',
          JSON.stringify({ status }),
        ])
        .catch(String);
    expectContains(await patch({ state: 'Fine' }), 'status.state: Unsupported value');
    const names = Array.from({ length: 101 }, (_, index) => `pod-${index}`);
    expectContains(await patch({ anomalousPods: names }), 'status.anomalousPods: Too many: 101');
    expectContains(
      await patch({ state: 'Active', monitoredPods: 2, lastCheckTime: '2026-01-01T00:00:00Z' }),
      'patched',
    );
    expectContains(await plane.kubectl(['get', 'ad', 'six', '-n', 'shop']), 'Active');
  },
  'kubectl explain tells every field in a sentence': async ({ plane }) => {
    const text = await plane.kubectl(['explain', 'anomalydetector.spec']);
    for (const field of ['selector', 'metricName', 'algorithm', 'threshold', 'guards', 'parameters']) {
      expectMatches(text, new RegExp(`^  ${field}\\t<.*> ?.*\\n(?:  enum: .*\\n)?    \\S.+[.]`, 'm'));
    }
  },
  'deleting it while detectors exist, and nobody answers webhooks, leaves nothing after a minute': async ({
    plane,
    file,
  }) => {
    await installPodMonitors(plane);
    // As admission makes it.
    const finalizers = JSON.stringify({ metadata: { finalizers: ['foregroundDeletion'] } });
    await plane.kubectl(['patch', 'ad', 'six', '-n', 'shop', '--type=merge', '-p', finalizers]);
    await makePodMonitor(plane, 'six');
    // With them again, as it is for a user whose admission is down.
    await plane.kubectl(['apply', '-f', '-'], file);
    const beganMs = performance.now();
    await plane.kubectl(['delete', '--ignore-not-found', '--timeout=60s', '-f', '-'], file);
    await waitUntil('nothing to be left', async () => (await remains(plane)) === '', {
      timeoutMs: Math.max(1, GONE_WITHIN_MS - (performance.now() - beganMs)),
    }).catch(async (error: Error) => {
      throw new Error(`${error.message}; there is still ${await remains(plane)}`);
    });
    await plane.kubectl(['delete', 'crd', 'podmonitors.monitoring.coreos.com']);
    await plane.kubectl(['delete', 'namespace', 'shop', '--wait=false']);
  },
};

function apply(plane: ControlPlane, detector: object): Promise<string> {
  return plane.kubectl(['apply', '--validate=strict', '-n', 'shop', '-f', '-'], JSON.stringify(detector));
}

/** What kubectl said, whether it was taken or not. */
function tryToApply(plane: ControlPlane, { spec }: Attempt): Promise<string> {
  return apply(plane, makeDetector('wrong', spec)).catch(String);
}

function webhooksIn(file: string): string {
  return file
    .split(/^---$/m)
    .filter((document) => /^kind: \w+WebhookConfiguration$/m.test(document))
    .join('---');
}

/** A pod as a controller would make it of the workload's template. */
function podOf({ metadata, spec }: Manifest) {
  if (spec?.template === undefined) return [];
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    ...{ name, persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` } },
  }));
  const pod = { ...spec.template.spec, volumes: [...spec.template.spec.volumes, ...claims] };
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { ...spec.template.metadata, ...metadata }, spec: pod }];
}

async function generations(plane: ControlPlane): Promise<string> {
  const inNamespace = 'statefulsets,deployments,networkpolicies,poddisruptionbudgets';
  const kinds = `${inNamespace},validatingwebhookconfigurations,mutatingwebhookconfigurations,customresourcedefinitions`;
  const columns = '-o=custom-columns=KIND:.kind,NAME:.metadata.name,GENERATION:.metadata.generation';
  return plane.kubectl(['get', kinds, '-n', 'tidewatch-system', columns]);
}

/** What is left of the installation, one name a line. */
async function remains(plane: ControlPlane): Promise<string> {
  const kinds = [
    ...['namespaces', 'customresourcedefinitions', 'clusterroles', 'clusterrolebindings', 'persistentvolumes'],
    ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
  ];
  const listed = await plane.kubectl(['get', kinds.join(','), '-o', 'name']);
  const ours = listed.split('\n').filter((line) => /tidewatch|anomalydetector/.test(line));
  const monitors = await plane.kubectl(['get', 'podmonitors', '-n', 'shop', '-o', 'name']);
  return [...ours, ...monitors.split('\n')].filter((line) => line !== '').join('\n');
}

function sorted(value: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function expectEqual<T>(got: T, expected: T, what: string): void {
  if (got !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

function expectContains(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`expected ${JSON.stringify(part)} in: ${text}`);
}

function expectMatches(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in: ${text}`);
}
