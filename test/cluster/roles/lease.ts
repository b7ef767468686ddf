// The Lease that says who leads.
import type { ControlPlane } from '../../parts/control-plane.ts';
import { INSTALLED } from './session.ts';

const LEASE = ['lease', 'tidewatch-operator', '-n', INSTALLED];

export async function epochOf(plane: ControlPlane): Promise<number> {
  return Number(await plane.kubectl(['get', ...LEASE, '-o', 'jsonpath={.spec.leaseTransitions}']));
}

export async function deleteLease(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['delete', ...LEASE]);
}
