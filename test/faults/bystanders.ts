// Everybody else of a cluster, while admission is broken: pods are created, ConfigMaps written, leases renewed, namespaces made,
// and lists read, one after the other. What is refused or late is written down.
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { ControlPlane } from '../parts/control-plane.ts';
import { demand } from './contract.ts';

export interface Bystanders {
  readonly served: number;
  /** Pods that were created. */
  readonly pods: number;
  /** Ends it. The 95th percentile of their waits in milliseconds; rejects when one was refused or waited for too long. */
  stop(): Promise<number>;
}

const BETWEEN_MS = 100;
/** Far above what a busy machine takes, and below what a webhook may; a machine that is slow by itself is given more. */
const USUAL_MS = 1000;
const TIMES_BEFORE = 5;
const BEFORE_MS = 3000;
const MERGE = { 'content-type': 'application/merge-patch+json' };

/** Resolves when it is known how long they wait where nothing is broken. */
export async function startBystanders(plane: ControlPlane, namespace = 'elsewhere'): Promise<Bystanders> {
  const stopping = new AbortController();
  const agent = new Agent({ keepAlive: true });
  const failures: string[] = [];
  const waits: number[] = [];
  let pods = 0;
  const send = async (method: string, path: string, body?: object, headers = {}) => {
    const beganMs = performance.now();
    const { status, text } = await plane
      .request(path, { method, headers, agent, ...(body !== undefined && { body: JSON.stringify(body) }) })
      .catch((error: Error) => ({ status: 0, text: error.message }));
    waits.push(performance.now() - beganMs);
    if (status < 200 || status > 299) failures.push(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
  };
  const core = `/api/v1/namespaces/${namespace}`;
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const metadata = { name: 'other' };
  if (namespace !== 'elsewhere') await send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await send('POST', `${core}/configmaps`, { metadata });
  await send('POST', leases, { metadata, spec: { holderIdentity: 'other' } });
  const works: readonly ((turn: number) => Promise<void>)[] = [
    async (turn) => {
      await send('POST', `${core}/pods`, podOf(`pod-${turn}`));
      pods++;
    },
    (turn) => send('PATCH', `${core}/configmaps/other`, { data: { turn: `${turn}` } }, MERGE),
    (turn) => send('PATCH', `${leases}/other`, { spec: { leaseDurationSeconds: 1 + turn } }, MERGE),
    () => send('GET', '/api/v1/pods?limit=50'),
    (turn) => send('POST', '/api/v1/namespaces', { metadata: { name: `${namespace}-${turn}` } }),
    () => send('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'),
  ];
  const running = Promise.all(
    works.map(async (work) => {
      for (let turn = 1; !stopping.signal.aborted; turn++) {
        await work(turn);
        await pause(BETWEEN_MS * works.length, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }),
  );
  await pause(BEFORE_MS);
  const mostMs = Math.max(USUAL_MS, TIMES_BEFORE * usualOf(waits));
  return {
    get served() {
      return waits.length - failures.length;
    },
    get pods() {
      return pods;
    },
    async stop() {
      stopping.abort();
      await running;
      agent.destroy();
      const usual = usualOf(waits);
      demand(failures.length === 0, `${failures.length} requests of others failed: ${failures[0]}`);
      demand(usual <= mostMs, `95 % of others' requests took up to ${usual.toFixed(0)} ms`);
      return usual;
    },
  };
}

/** The 95th percentile. */
function usualOf(waits: readonly number[]): number {
  return waits.toSorted((one, other) => one - other)[Math.floor(waits.length * 0.95)] ?? 0;
}

function podOf(name: string): object {
  return { metadata: { name }, spec: { containers: [{ name: 'main', image: 'none' }] } };
}
