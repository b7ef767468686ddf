import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { rightsOf } from '#kube/rights.ts';
import { parseSize } from '../option-values.ts';
import { installObjects, installText } from './install.ts';
import { defaultOptions, type ManifestOptions } from './options.ts';

interface Container {
  readonly args: readonly string[];
  readonly livenessProbe: { readonly httpGet: object };
  readonly readinessProbe: { readonly httpGet: object };
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string }[];
}

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
}

/** As much of the manifests of a dozen kinds as is looked at. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly automountServiceAccountToken?: boolean;
  readonly rules?: readonly object[];
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly ingress?: readonly [{ readonly ports: readonly [{ readonly port: number }] }];
    readonly egress: readonly object[];
    readonly volumeClaimTemplates?: readonly [{ spec: { resources: { requests: { storage: string } } } }];
  };
}

const DEFAULTS = defaultOptions('1.2.3');

function objects(options: Partial<ManifestOptions> = {}): Manifest[] {
  return installObjects({ ...DEFAULTS, ...options }) as Manifest[];
}

function find(kind: string, name: string, options: Partial<ManifestOptions> = {}): Manifest {
  const found = objects(options).find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

function pods(): [role: string, spec: PodSpec][] {
  return objects()
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ metadata, spec }) => [metadata.name.replace('tidewatch-', ''), spec.template.spec]);
}

describe('an installation', () => {
  it('is read by YAML 1.1 as what it was', () => {
    const documents = parseAllDocuments(installText(DEFAULTS), { version: '1.1' });
    expect([...documents].map((document) => document.toJS())).toEqual(objects());
  });

  it('begins with the resources, then the namespace, then what is in it', () => {
    const kinds = objects().map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['CustomResourceDefinition', 'CustomResourceDefinition', 'Namespace']);
    expect(objects({ withCrd: false })[0]?.kind).toBe('Namespace');
  });

  it('has one object of each name, and all that can be in its own namespace', () => {
    const names = objects({ namespace: 'watch' }).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const inCluster = objects({ namespace: 'watch' }).filter(({ metadata }) => metadata.namespace === undefined);
    expect(inCluster.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      ...['ClusterRole', 'ClusterRoleBinding'].flatMap((kind) =>
        ['admission', 'operator'].map((role) => `${kind} tidewatch:watch:${role}`),
      ),
      'CustomResourceDefinition anomalydetectors.monitoring.my.company',
      'CustomResourceDefinition clusteranomalydetectors.monitoring.my.company',
      'MutatingWebhookConfiguration tidewatch.monitoring.my.company',
      'Namespace watch',
      'ValidatingWebhookConfiguration tidewatch.monitoring.my.company',
    ]);
  });

  it('grants what the code calls, and nothing else', () => {
    const { cluster, namespace } = rightsOf('operator');
    expect(find('ClusterRole', 'tidewatch:tidewatch-system:operator').rules).toEqual(cluster);
    expect(find('Role', 'tidewatch-operator').rules).toEqual(namespace);
    const ofCertificates = rightsOf('certificates').namespace;
    expect(find('Role', 'tidewatch-certificates').rules).toEqual(ofCertificates);
    const ofAdmission = rightsOf('admission').cluster;
    expect(find('ClusterRole', 'tidewatch:tidewatch-system:admission').rules).toEqual(ofAdmission);
    const granted = objects().flatMap(({ rules = [] }) => rules);
    const all = [...cluster, ...namespace, ...ofCertificates, ...ofAdmission];
    expect(granted.length).toBe(all.length);
    expect(JSON.stringify(granted)).not.toContain('*');
  });

  it('grants it in the group that was chosen', () => {
    const { rules } = find('ClusterRole', 'tidewatch:tidewatch-system:operator', { group: 'watch.example.org' });
    expect(JSON.stringify(rules)).toContain('watch.example.org');
    expect(JSON.stringify(rules)).not.toContain('monitoring.my.company');
    const ofAdmission = find('ClusterRole', 'tidewatch:tidewatch-system:admission', { group: 'watch.example.org' });
    const names = ofAdmission.rules?.flatMap((rule) => ('resourceNames' in rule ? rule.resourceNames : 'any'));
    const named = ['tidewatch.watch.example.org', 'anomalydetectors.watch.example.org'];
    expect(new Set(names)).toEqual(new Set(named));
    expect(
      find('CustomResourceDefinition', 'anomalydetectors.watch.example.org', { group: 'watch.example.org' }),
    ).toBeDefined();
  });

  it('gives a token to the roles that call the API server', () => {
    const mounted = pods().map(([role, { automountServiceAccountToken }]) => [role, automountServiceAccountToken]);
    expect(Object.fromEntries(mounted)).toEqual({
      ...{ keeper: false, analyser: false, operator: true, admission: true, certificates: true },
    });
    for (const account of objects().filter(({ kind }) => kind === 'ServiceAccount')) {
      expect(account.automountServiceAccountToken).toBe(false);
    }
  });

  it('has an empty Secret for each role, and none that says what is in it', () => {
    const secrets = objects().filter(({ kind }) => kind === 'Secret');
    const names = secrets.map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(
      ['admission', 'analyser', 'authority', 'keeper', 'operator'].map((name) => `tidewatch-tls-${name}`),
    );
    for (const secret of secrets) expect(Object.keys(secret)).toEqual(['apiVersion', 'kind', 'metadata', 'type']);
    const [rule] = find('Role', 'tidewatch-certificates').rules ?? [];
    expect(rule).toMatchObject({ resourceNames: names, verbs: ['get', 'update'] });
  });

  it('leaves certificates to somebody else', () => {
    const others = objects({ withCertificates: false });
    expect(others.filter(({ kind, metadata }) => kind === 'Secret' || /certificates/.test(metadata.name))).toEqual([]);
    expect(installText({ ...DEFAULTS, withCertificates: false })).toContain('spiffe://tidewatch/tidewatch-system/ROLE');
  });

  it('lets whoever makes certificates out to the API server only, and never has two of it', () => {
    const { egress } = find('NetworkPolicy', 'tidewatch-certificates').spec;
    expect(egress).toEqual([{ ports: [443, 6443].map((port) => ({ protocol: 'TCP', port })) }]);
    const spec = { replicas: 1, strategy: { type: 'Recreate' } };
    expect(find('Deployment', 'tidewatch-certificates').spec).toMatchObject(spec);
  });

  it.each(pods())('runs the %s with nothing writable but what is named, probed and bounded', (role, spec) => {
    const [container] = spec.containers;
    expect(spec).toMatchObject({ enableServiceLinks: false, securityContext: { runAsNonRoot: true } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.args[0]).toBe(role);
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'health' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'health' });
    expect(Object.keys(container.resources)).toEqual(['requests', 'limits']);
    const volumes = spec.volumes.map(({ name }) => name);
    const known = role === 'keeper' ? [...volumes, 'data'] : volumes;
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(known.sort());
  });

  it('tells the operator where the others are', () => {
    const [container] = find('Deployment', 'tidewatch-operator', {
      namespace: 'watch',
      group: 'watch.example.org',
      prometheus: 'http://prometheus.monitoring.svc:9090',
    }).spec.template.spec.containers;
    expect(container.args).toEqual([
      'operator',
      '--namespace=watch',
      '--keeper=https://tidewatch-keeper.watch.svc:8443',
      '--analysers=dns:///tidewatch-analysers.watch.svc:50051',
      '--spool=/spool',
      '--group=watch.example.org',
      '--prometheus=http://prometheus.monitoring.svc:9090',
      '--health-port=8081',
      '--tls=/etc/tidewatch/tls',
    ]);
  });
});

describe('the keeper', () => {
  const { spec } = find('StatefulSet', 'tidewatch-keeper');

  it('has a limit below its volume: what is beside it, the log and what removing takes, needs room as well', () => {
    const [claim] = spec.volumeClaimTemplates ?? [];
    const [container] = spec.template.spec.containers;
    const limit = container.args.find((arg) => arg.startsWith('--max-size='))?.replace('--max-size=', '') ?? '';
    expect(parseSize(claim?.spec.resources.requests.storage ?? '0') - parseSize(limit)).toBeGreaterThanOrEqual(
      512 * 2 ** 20,
    );
  });

  it('is reached also when it says that it cannot store, and can be changed then', () => {
    const service = find('Service', 'tidewatch-keeper') as { spec: unknown };
    expect(service.spec).toMatchObject({ publishNotReadyAddresses: true });
    expect(spec).toMatchObject({ replicas: 1, podManagementPolicy: 'Parallel' });
  });

  it('tells a Prometheus of any namespace what should be scraped, under a name that stays', () => {
    const service = find('Service', 'tidewatch-keeper') as { spec: unknown };
    expect(service.spec).toMatchObject({
      ports: [
        { name: 'append', port: 8443 },
        { name: 'health', port: 8081, targetPort: 'health' },
      ],
    });
    expect(find('NetworkPolicy', 'tidewatch-metrics').spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'tidewatch' } },
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8081 }] }],
    });
  });
});

describe('the network', () => {
  const egress = (prometheus?: string) =>
    find('NetworkPolicy', 'tidewatch-operator', prometheus === undefined ? {} : { prometheus }).spec.egress;

  it('is closed to everybody who is not named', () => {
    expect(find('NetworkPolicy', 'tidewatch-nobody').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const open = objects().filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec.ingress !== undefined);
    expect(open.map(({ metadata, spec }) => [metadata.name, spec.ingress?.[0].ports[0].port])).toEqual([
      ['tidewatch-metrics', 8081],
      ['tidewatch-keeper', 8443],
      ['tidewatch-analyser', 50051],
      ['tidewatch-admission', 9443],
    ]);
  });

  it.each([
    [
      'http://prometheus.monitoring.svc:9090',
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
    ],
    [
      'http://prometheus.monitoring.svc.cluster.local',
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
    ],
    ['https://metrics.example.org/prometheus', { ports: [{ protocol: 'TCP', port: 443 }] }],
    ['http://10.0.0.7:9090', { ports: [{ protocol: 'TCP', port: 9090 }] }],
  ])('lets the operator out to %s', (url, rule) => {
    expect(egress(url)).toEqual([...egress(), rule]);
  });

  it('lets the operator out to every pod, and has it scrape, only when it is told to', () => {
    const scraping = find('NetworkPolicy', 'tidewatch-operator', { scrape: true }).spec.egress;
    expect(scraping).toEqual([...egress(), { to: [{ namespaceSelector: {} }] }]);
    const [{ args }] = find('Deployment', 'tidewatch-operator', { scrape: true }).spec.template.spec.containers;
    expect(args).toContain('--scrape');
    expect(installText({ ...DEFAULTS, scrape: false })).not.toContain('--scrape');
  });
});

describe('admission', () => {
  const configured = (kind: string, options: Partial<ManifestOptions> = {}) => {
    const { webhooks } = find(kind, `tidewatch.${options.group ?? 'monitoring.my.company'}`, options) as unknown as {
      readonly webhooks: readonly [Record<string, unknown> & { readonly timeoutSeconds: number }];
    };
    expect(webhooks).toHaveLength(1);
    return webhooks[0];
  };

  it('is asked about our own kinds in every version, and about nothing that the cluster or we need ourselves', () => {
    for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
      const { rules, namespaceSelector } = configured(kind, { group: 'watch.example.org', namespace: 'watch' });
      expect(rules).toEqual([
        {
          ...{ apiGroups: ['watch.example.org'], apiVersions: ['v1', 'v2'], operations: ['CREATE', 'UPDATE'] },
          ...{ resources: ['anomalydetectors', 'clusteranomalydetectors'], scope: '*' },
        },
      ]);
      expect(namespaceSelector).toEqual({
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'watch'] }],
      });
    }
  });

  it('keeps nobody waiting for more than three seconds, and only what it judges fails without it', () => {
    const [validating, mutating] = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) =>
      configured(kind),
    );
    expect((validating?.timeoutSeconds ?? 9) + (mutating?.timeoutSeconds ?? 9)).toBeLessThanOrEqual(3);
    const common = { sideEffects: 'None', matchPolicy: 'Equivalent', admissionReviewVersions: ['v1'] };
    expect(validating).toMatchObject({ ...common, failurePolicy: 'Fail' });
    expect(mutating).toMatchObject({ ...common, failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded' });
  });

  it('is called by its Service, by which its certificate names it, and trusted only once it says whom', () => {
    const crd = find('CustomResourceDefinition', 'anomalydetectors.monitoring.my.company') as unknown as {
      readonly spec: { readonly conversion: { readonly webhook: { readonly clientConfig: object } } };
    };
    const service = { name: 'tidewatch-admission', namespace: 'tidewatch-system', port: 443 };
    expect([
      crd.spec.conversion.webhook.clientConfig,
      configured('ValidatingWebhookConfiguration').clientConfig,
      configured('MutatingWebhookConfiguration').clientConfig,
    ]).toEqual(['/convert', '/validate', '/mutate'].map((path) => ({ service: { ...service, path } })));
    expect((find('Service', 'tidewatch-admission') as { spec: unknown }).spec).toMatchObject({
      ports: [{ port: 443, targetPort: 'webhook' }],
    });
    expect(installText(DEFAULTS)).not.toContain('caBundle');
  });

  it('is two pods, of which one may be away', () => {
    expect(find('Deployment', 'tidewatch-admission').spec).toMatchObject({ replicas: 2 });
    expect(find('PodDisruptionBudget', 'tidewatch-admission').spec).toMatchObject({ maxUnavailable: 1 });
    const [{ args }] = find('Deployment', 'tidewatch-admission', { group: 'watch.example.org' }).spec.template.spec
      .containers;
    expect(args).toEqual([
      ...['admission', '--port=9443', '--group=watch.example.org', '--health-port=8081', '--tls=/etc/tidewatch/tls'],
    ]);
  });
});

describe('remote write', () => {
  const remoteWrite = 'http://vm.monitoring.svc:8428/api/v1/write';
  const argumentsWith = (options: Partial<ManifestOptions>) =>
    find('StatefulSet', 'tidewatch-keeper', options).spec.template.spec.containers[0].args;

  it('is the keeper’s, which may reach names and the receiver, and nothing else', () => {
    expect(argumentsWith({ remoteWrite })).toContain(`--remote-write=${remoteWrite}`);
    expect(find('NetworkPolicy', 'tidewatch-keeper-remote-write', { remoteWrite }).spec.egress).toEqual([
      {
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
    ]);
    const without = objects().filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec.egress !== undefined);
    expect(without.map(({ metadata }) => metadata.name)).toEqual([
      ...['tidewatch-certificates', 'tidewatch-admission', 'tidewatch-operator'],
    ]);
  });

  it('takes its token from a Secret, whose name alone is written down', () => {
    const options = { remoteWrite, remoteWriteSecret: 'receiver' };
    const { volumes, containers } = find('StatefulSet', 'tidewatch-keeper', options).spec.template.spec;
    expect(volumes).toContainEqual({ name: 'remote-write', secret: { secretName: 'receiver', defaultMode: 0o440 } });
    expect(containers[0].volumeMounts).toContainEqual({
      ...{ name: 'remote-write', mountPath: '/etc/tidewatch/remote-write', readOnly: true },
    });
    expect(argumentsWith(options)).toContain('--remote-write-token-file=/etc/tidewatch/remote-write/token');
    expect(argumentsWith({ remoteWrite }).join()).not.toContain('token');
  });
});

describe('who is told', () => {
  const told = { alertmanager: 'http://am.monitoring.svc:9093', webhook: 'https://chat.example.org/hook' };

  it('is told by the keeper, which may reach each of them', () => {
    const { args } = find('StatefulSet', 'tidewatch-keeper', told).spec.template.spec.containers[0];
    expect(args).toContain(`--alertmanager=${told.alertmanager}`);
    expect(args).toContain(`--webhook=${told.webhook}`);
    const egressOf = (name: string) => find('NetworkPolicy', `tidewatch-keeper-${name}`, told).spec.egress[1];
    expect(egressOf('alertmanager')).toEqual({
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    });
    expect(egressOf('webhook')).toEqual({ ports: [{ protocol: 'TCP', port: 443 }] });
  });
});

describe('an option that is wrong is refused by its name', () => {
  it.each([
    ['--image', { image: 'a b' }],
    ['--image', { image: 'x\nkind: Secret' }],
    ['--namespace', { namespace: 'Tide_Watch' }],
    ['--namespace', { namespace: 'a'.repeat(64) }],
    ['--group', { group: 'company' }],
    ['--group', { group: 'my..company' }],
    ['--prometheus', { prometheus: 'prometheus:9090' }],
    ['--prometheus', { prometheus: 'http://user:secret@prometheus' }],
    ['--remote-write', { remoteWrite: 'http://user:secret@receiver/write' }],
    ['--alertmanager', { alertmanager: 'am:9093' }],
    ['--webhook', { webhook: 'https://user:secret@chat' }],
    ['--remote-write-secret', { remoteWriteSecret: 'receiver' }],
    ['--remote-write-secret', { remoteWrite: 'http://r/w', remoteWriteSecret: 'A B' }],
  ])('%s %j', (option, wrong) => {
    expect(() => objects(wrong)).toThrow(new RegExp(`^${option}: expected .*, got "`));
  });

  it('and one that is right is not', () => {
    for (const image of ['tidewatch:1', 'registry.example.org:5000/a/b:1.2-rc_3', `a/b@sha256:${'0'.repeat(64)}`]) {
      expect(objects({ image }).length).toBeGreaterThan(10);
    }
  });
});
