// PodMonitors without the Prometheus Operator: its kind, and one that belongs to a detector as Tidewatch makes it.
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { makeDetector } from './detector-attempts.ts';

const GROUP = 'monitoring.coreos.com';
const SHOP = ['-n', 'shop'];

export const POD_MONITOR_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `podmonitors.${GROUP}` },
  spec: {
    ...{ group: GROUP, scope: 'Namespaced', names: { kind: 'PodMonitor', plural: 'podmonitors' } },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Resolves when the garbage collector, which looks for new kinds every 30 s, follows detectors and PodMonitors. */
export async function installPodMonitors(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(POD_MONITOR_CRD));
  await plane.kubectl(['apply', ...SHOP, '-f', '-'], JSON.stringify(makeDetector('probe', {})));
  await makePodMonitor(plane, 'probe');
  await plane.kubectl(['delete', 'anomalydetector', 'probe', ...SHOP]);
  await waitUntil(
    'the garbage collector to find a PodMonitor without its detector',
    async () => {
      return !(await plane.kubectl(['get', 'podmonitors', ...SHOP, '-o', 'name'])).includes('/probe');
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
}

/** Of the detector's name, and owned by it. */
export async function makePodMonitor(plane: ControlPlane, detector: string): Promise<void> {
  const uid = await plane.kubectl(['get', 'anomalydetector', detector, ...SHOP, '-o', 'jsonpath={.metadata.uid}']);
  const owner = { apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', name: detector, uid };
  const monitor = {
    ...{ apiVersion: `${GROUP}/v1`, kind: 'PodMonitor' },
    metadata: { name: detector, namespace: 'shop', ownerReferences: [{ ...owner, controller: true }] },
  };
  await waitUntil('the PodMonitor to be taken', async () => {
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(monitor));
    return true;
  });
}
