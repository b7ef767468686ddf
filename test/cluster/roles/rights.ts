// The generated rights against the API server's audit log: nobody was denied a call, and every verb that was granted was used.
// Who is compared with what: the operator's account with the rights of `operator`, both from install.yaml; a person who observes
// with those of `observer`; a person who may install, and may do what the operator does besides, with those of `installer`.
import { join } from 'node:path';
import type { KubeRole } from '#kube/contract.ts';
import { type PolicyRule, rightsOf } from '#kube/rights.ts';
import { start, tidewatch } from '../../fixtures/command.ts';
import { type AuditEntry, readAuditLog } from '../../parts/audit-log.ts';
import type { ControlPlane } from '../../parts/control-plane.ts';
import { dieTogether } from '../../parts/orphans.ts';
import { waitUntil } from '../../parts/wait-until.ts';
import { clusterDetector, clusterStatusOf, detector, NAMESPACE, podsOf, untilState } from '../shop.ts';
import { json } from './pages.ts';
import { endBy } from './processes.ts';
import { INSTALLED, OPERATOR, type Tests } from './session.ts';

const PEOPLE = 'people';
const CRD = 'anomalydetectors.monitoring.my.company';
const FLIPPING = 'flipping';

/** What brings about the calls that a quiet day does not. */
export const UNUSUAL_TESTS: Tests = {
  'a detector whose metric is absent has its pods scraped, by a PodMonitor': async ({ plane }) => {
    await plane.kubectl(['apply', '-f', '-'], detector(FLIPPING, 'ads', 'no_such_metric'));
    await untilState(plane, FLIPPING, 'AwaitingMetrics');
    await waitUntil('its PodMonitor', async () => {
      return (await plane.kubectl(['get', 'podmonitors', '-n', NAMESPACE, '-o', 'name'])).includes(FLIPPING);
    });
  },
  'a state that comes again and again is one event that counts': async ({ plane }) => {
    for (const replicas of [0, 1, 0]) {
      await plane.kubectl(['scale', 'deployment/ads', '-n', NAMESPACE, `--replicas=${replicas}`]);
      await podsOf(plane, 'ads', replicas);
      await untilState(plane, FLIPPING, replicas === 0 ? 'NoPodsFound' : 'AwaitingMetrics');
    }
    await waitUntil('an event that counts two', async () => {
      const text = await plane.kubectl(['get', 'events.events.k8s.io', '-n', NAMESPACE, '-o', 'json']);
      const { items } = JSON.parse(text) as { items: readonly Told[] };
      const own = items.filter(({ reason, regarding }) => reason === 'NoPodsFound' && regarding?.name === FLIPPING);
      if (own.length !== 1) throw new Error(`there are ${own.length}`);
      return own[0]?.series?.count === 2;
    });
    await plane.kubectl(['scale', 'deployment/ads', '-n', NAMESPACE, '--replicas=1']);
  },
  'a detector that looks across namespaces becomes Active': async ({ plane }) => {
    await plane.kubectl(['apply', '-f', '-'], clusterDetector('everywhere'));
    await waitUntil('it to be Active', async () => {
      const { state, conditions } = await clusterStatusOf(plane, 'everywhere');
      if (state !== 'Active') throw new Error(`it is ${state}: ${conditions?.[0]?.message}`);
      return true;
    });
    await plane.kubectl(['delete', 'clusteranomalydetector', 'everywhere']);
  },
  'a person with the rights of an observer sees the cluster live': async ({ plane, folder, prometheus }) => {
    const kubeconfig = await openAccount(plane, 'observer', ['observer']);
    await withRun(['--kubeconfig', kubeconfig, '--data', join(folder, 'observer')], async (url) => {
      const { live } = await waitUntil('it to be live', async () => {
        const now = await json(url, '/api/replay');
        return now.state === 'live' && now.live.series > 0 && now;
      });
      if (!live.prometheus.startsWith(prometheus.found)) throw new Error(live.prometheus);
    });
  },
};

export const RIGHTS_TESTS: Tests = {
  'nobody was denied a call': async ({ plane }) => {
    const entries = (await readAuditLog(plane.auditLog)).filter(({ user }) =>
      [INSTALLED, PEOPLE].some((namespace) => user.username.startsWith(`system:serviceaccount:${namespace}:`)),
    );
    const denied = entries.filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
    const told = denied.map(({ verb, requestURI, user }) => `${user.username}: ${verb} ${requestURI}`);
    if (told.length > 0) throw new Error([...new Set(told)].join('\n'));
    return `${entries.length} calls`;
  },
  'every verb that was granted was used': async ({ plane }) => {
    const entries = await readAuditLog(plane.auditLog);
    const compared: readonly [string, KubeRole][] = [
      [OPERATOR, 'operator'],
      [accountNamed('observer'), 'observer'],
      [accountNamed('installer'), 'installer'],
    ];
    const unused = compared.flatMap(([username, role]) => {
      const own = entries.filter(({ user }) => user.username === username);
      return grantsOf(role)
        .filter((grant) => !own.some((entry) => isUse(entry, grant)))
        .map((grant) => `${role}: ${JSON.stringify(grant)}`);
    });
    if (unused.length > 0) throw new Error(`never used:\n${unused.join('\n')}`);
    return `${compared.flatMap(([, role]) => grantsOf(role)).length} verbs`;
  },
};

/** `run --install` as somebody who may: once where the resource is absent, and once where it is of another version. */
export async function installByRun(plane: ControlPlane, folder: string): Promise<void> {
  const kubeconfig = await openAccount(plane, 'installer', ['installer', 'operator', 'observer']);
  const args = ['--kubeconfig', kubeconfig, '--namespace', PEOPLE, '--data', join(folder, 'installer'), '--install'];
  const version = () => plane.kubectl(['get', 'crd', CRD, '-o', 'jsonpath={.metadata.generation}']);
  await withRun(args, async () => void (await version()));
  const older = JSON.stringify([{ op: 'remove', path: '/spec/names/shortNames' }]);
  await plane.kubectl(['patch', 'crd', CRD, '--type=json', '-p', older]);
  const before = await version();
  await withRun(args, async () => {
    if ((await version()) === before) throw new Error('run --install left an older resource as it was');
  });
  await migrateStored(plane, kubeconfig);
}

/** What an earlier release stored, as that person has it stored anew. */
async function migrateStored(plane: ControlPlane, kubeconfig: string): Promise<void> {
  const status = JSON.stringify({ status: { storedVersions: ['v1', 'v2'] } });
  await plane.kubectl(['patch', 'crd', CRD, '--subresource=status', '--type=merge', '-p', status]);
  await plane.kubectl(['apply', '-f', '-'], detector('migrated', 'none'));
  const { code, stdout, stderr } = await tidewatch(['migrate', '--kubeconfig', kubeconfig]);
  if (code !== 0 || !/ written again/.test(stdout)) throw new Error(`migrate ended with ${code}: ${stdout}${stderr}`);
  await plane.kubectl(['delete', 'anomalydetector', 'migrated', '-n', NAMESPACE]);
}

interface Told {
  readonly reason: string;
  readonly regarding?: { readonly name: string };
  readonly series?: { readonly count: number };
}

interface Grant {
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly verb: string;
  readonly names: readonly string[];
}

function grantsOf(role: KubeRole): Grant[] {
  const { cluster, namespace } = rightsOf(role);
  const grants = ({ apiGroups, resources, verbs, resourceNames: names = [] }: PolicyRule) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb): Grant => ({ group, resource, verb, names }))),
    );
  return [...cluster, ...namespace].flatMap(grants);
}

/** Whether the call needed the grant and ended well. */
function isUse({ verb, objectRef = {}, responseStatus }: AuditEntry, grant: Grant): boolean {
  const { apiGroup = '', resource = '', subresource, name = '' } = objectRef;
  return (
    (responseStatus?.code ?? 500) < 300 &&
    verb === grant.verb &&
    apiGroup === grant.group &&
    (subresource === undefined ? resource : `${resource}/${subresource}`) === grant.resource &&
    (grant.names.length === 0 || grant.names.includes(name))
  );
}

function accountNamed(name: string): string {
  return `system:serviceaccount:${PEOPLE}:${name}`;
}

/** A kubeconfig of an account with the generated rights of these roles and no others. */
async function openAccount(plane: ControlPlane, name: string, roles: readonly KubeRole[]): Promise<string> {
  const rights = roles.map((role) => rightsOf(role));
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  const apiVersion = `${rbac.apiGroup}/v1`;
  const own = { name, namespace: PEOPLE };
  const subjects = [{ kind: 'ServiceAccount', ...own }];
  const granted = (kind: 'Role' | 'ClusterRole', metadata: object, rules: readonly PolicyRule[]) => [
    { apiVersion, kind, metadata, rules },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef: { ...rbac, kind, name }, subjects },
  ];
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PEOPLE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: own },
    ...granted(
      'ClusterRole',
      { name },
      rights.flatMap(({ cluster }) => cluster),
    ),
    ...granted(
      'Role',
      own,
      rights.flatMap(({ namespace }) => namespace),
    ),
  ];
  await plane.kubectl(['apply', '-f', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return plane.kubeconfigFor({ namespace: PEOPLE, serviceAccount: name });
}

async function withRun(args: readonly string[], work: (url: string) => Promise<void>): Promise<void> {
  const running = start(['run', '--port', '0', ...args]);
  dieTogether(running.process);
  try {
    const [, url = ''] = await running.printed(/Page +(http:\S+)/);
    await work(url);
  } finally {
    await endBy({ running }, 'SIGTERM');
  }
}
