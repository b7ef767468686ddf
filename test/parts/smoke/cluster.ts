// What the end-to-end tests ask of a control plane with simulated nodes.
import { readAuditLog } from '../audit-log.ts';
import type { ControlPlane } from '../control-plane.ts';
import { waitUntil } from '../wait-until.ts';
import { expect, type Report } from './report.ts';

const SHOP = ['-n', 'shop'];
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'cart' } },
    template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'cart', image: 'cart:1' }] } },
  },
};

interface List<T> {
  readonly items: readonly T[];
}
interface Pod {
  readonly status: { readonly phase: string; readonly podIP?: string };
}

export async function checkCluster(plane: ControlPlane, report: Report): Promise<void> {
  const list = async <T>(kind: string) =>
    JSON.parse(await plane.kubectl(['get', kind, ...SHOP, '-o', 'json'])) as List<T>;
  await report.step('a Deployment of 3 pods is applied', async () => {
    await plane.kubectl(['create', 'namespace', 'shop']);
    await plane.kubectl(['apply', ...SHOP, '-f', '-'], JSON.stringify(DEPLOYMENT));
  });
  await report.step('its pods run, each with an address', () =>
    waitUntil('3 pods to run', async () => {
      const { items } = await list<Pod>('pods');
      return items.filter(({ status }) => status.phase === 'Running' && status.podIP !== undefined).length === 3;
    }),
  );
  await report.step('scheduler and controllers have left their events', () =>
    waitUntil('events', async () => {
      const reasons = (await list<{ reason: string }>('events')).items.map(({ reason }) => reason);
      return ['Scheduled', 'SuccessfulCreate', 'ScalingReplicaSet'].every((reason) => reasons.includes(reason));
    }),
  );
  await report.step('a service account is refused what it may not do, and the audit log holds it', async () => {
    await plane.kubectl(['create', 'serviceaccount', 'reader', ...SHOP]);
    const kubeconfig = await plane.kubeconfigFor({ namespace: 'shop', serviceAccount: 'reader' });
    const answer = await plane.kubectl(['get', 'secrets', `--kubeconfig=${kubeconfig}`]).catch(String);
    expect(answer.includes('(Forbidden)'), `it was not refused: ${answer}`);
    const entry = (await readAuditLog(plane.auditLog)).find(
      ({ user, objectRef }) =>
        user.username === 'system:serviceaccount:shop:reader' && objectRef?.resource === 'secrets',
    );
    expect(entry?.responseStatus?.code === 403, `the audit log holds ${JSON.stringify(entry)}`);
  });
  await report.step('pod security admission refuses what a namespace forbids', async () => {
    await plane.kubectl(['label', 'namespace', 'shop', 'pod-security.kubernetes.io/enforce=restricted']);
    const { status, text } = await plane.request('/api/v1/namespaces/shop/pods', {
      method: 'POST',
      body: JSON.stringify({ kind: 'Pod', metadata: { name: 'careless' }, spec: DEPLOYMENT.spec.template.spec }),
    });
    expect(status === 403 && text.includes('violates PodSecurity'), `it answered ${status}: ${text}`);
    await plane.kubectl(['label', 'namespace', 'shop', 'pod-security.kubernetes.io/enforce-']);
  });
  await report.step('the API server is killed and comes back with what it knew', async () => {
    await plane.apiServer.kill();
    expect(plane.apiServer.pid === undefined, 'it still runs');
    await plane.apiServer.restart();
    expect((await list<Pod>('pods')).items.length === 3, 'its pods are gone');
  });
  await report.step('a pod that is deleted is replaced', async () => {
    const pods = async () => (await plane.kubectl(['get', 'pods', ...SHOP, '-o', 'name'])).trim().split('\n');
    const [gone = ''] = await pods();
    await plane.kubectl(['delete', gone, ...SHOP]);
    await waitUntil('3 pods without the deleted one', async () => {
      const names = await pods();
      return names.length === 3 && !names.includes(gone);
    });
  });
}
