// Reads and writes the one Lease of coordination.k8s.io. A write carries the version that was read, so that of two who
// write at the same time one is refused with 409.
import { CALLS } from './calls.ts';
import type { KubeClient } from './contract.ts';
import { hasStatus } from './kube-error.ts';
import { microTime } from './micro-time.ts';

export interface Lease {
  /** '' when nobody holds it. */
  readonly holder: string;
  readonly transitions: number;
  readonly durationMs: number;
  readonly version: string;
  /** As the server gave it: what others put there stays. */
  readonly object: LeaseObject;
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly leaseTransitions?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
}

interface LeaseObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec?: LeaseSpec;
}

export interface LeaseChange {
  readonly holder: string;
  readonly nowMs: number;
  /** When it is another term. */
  readonly transitions?: number;
}

export interface LeaseStore {
  /** Undefined when there is none. */
  read(timeoutMs: number): Promise<Lease | undefined>;
  create(change: LeaseChange, timeoutMs: number): Promise<Lease>;
  update(lease: Lease, change: LeaseChange, timeoutMs: number): Promise<Lease>;
}

const DURATION_SECONDS = 15;

export function createLeaseStore(client: KubeClient, namespace: string, name: string): LeaseStore {
  return {
    read: async (timeoutMs) => {
      try {
        return toLease(await client.request<LeaseObject>(CALLS.getLease, { namespace, name }, { timeoutMs }));
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    create: async (change, timeoutMs) => {
      const metadata = { name, namespace };
      const spec = specOf(undefined, change);
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      return toLease(await client.request<LeaseObject>(CALLS.createLease, { namespace }, { body, timeoutMs }));
    },
    update: async ({ object }, change, timeoutMs) => {
      const body = { ...object, spec: specOf(object.spec, change) };
      return toLease(await client.request<LeaseObject>(CALLS.updateLease, { namespace, name }, { body, timeoutMs }));
    },
  };
}

function specOf(before: LeaseSpec | undefined, { holder, nowMs, transitions }: LeaseChange) {
  const now = microTime(nowMs);
  return {
    ...before,
    holderIdentity: holder,
    // Whoever reads a released lease need not wait.
    leaseDurationSeconds: holder === '' ? 1 : DURATION_SECONDS,
    renewTime: now,
    ...(transitions === undefined ? {} : { leaseTransitions: transitions, acquireTime: now }),
  };
}

function toLease(object: LeaseObject): Lease {
  const { holderIdentity, leaseTransitions, leaseDurationSeconds } = object.spec ?? {};
  return {
    holder: holderIdentity ?? '',
    transitions: leaseTransitions ?? 0,
    durationMs: (leaseDurationSeconds ?? DURATION_SECONDS) * 1000,
    version: object.metadata.resourceVersion ?? '',
    object,
  };
}
