// Changes of pods and detectors on a real API server, each written down with the version that the server gave it, so that
// what a watch heard can be compared with what there was.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Rng } from '#stats/rng.ts';
import type { ControlPlane } from '../parts/control-plane.ts';

export const FAULT_NAMESPACE = 'faults';
/** Few enough that names are used again, for another object. */
const NAMES = 150;
const AT_ONCE = 12;

export interface Kind {
  readonly path: string;
  body(name: string): object;
}

export const PODS: Kind = {
  path: `/api/v1/namespaces/${FAULT_NAMESPACE}/pods`,
  // No scheduler of that name will ever come.
  body: (name) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'none' }] },
  }),
};

export const DETECTORS: Kind = {
  path: `/apis/monitoring.my.company/v2/namespaces/${FAULT_NAMESPACE}/anomalydetectors`,
  body: (name) => ({
    ...{ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name } },
    spec: {
      targets: { matchLabels: { app: name } },
      metrics: [{ name: 'latency_seconds' }],
      method: { name: 'z-score' },
    },
  }),
};

export interface Change {
  readonly uid: string;
  /** Of a deletion the one that the object had. */
  readonly version: string;
  readonly isGone: boolean;
}

export interface Changer {
  /** Makes `count` changes of a kind, at most `perSecond`; resolves with what the server took. */
  make(kind: Kind, count: number, perSecond: number): Promise<readonly Change[]>;
  /** A change of a kind that is named: creates what is not there, labels what is, unless it is to go. */
  change(kind: Kind, name: string, toGo?: boolean): Promise<Change>;
  /** `uid version` of all that is there. */
  there(kind: Kind): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Meta {
  readonly uid: string;
  readonly resourceVersion: string;
}

export async function openChanger(plane: ControlPlane, rng: Rng): Promise<Changer> {
  const { users } = JSON.parse(await readFile(plane.kubeconfig, 'utf8')) as { users: [{ user: { token: string } }] };
  const { token } = users[0].user;
  const pool = new Pool(plane.url, { connections: AT_ONCE, connect: { ca: await readFile(plane.caFile) } });
  /** What is there of each path, by name. */
  const known = new Map<string, string>();
  let serial = 0;

  const send = async (method: string, path: string, body: object, contentType = 'application/json') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
    const reply = await pool.request({ method: method as 'POST', path, body: JSON.stringify(body), headers });
    const text = await reply.body.text();
    if (reply.statusCode > 299) throw new Error(`${method} ${path} was answered with ${reply.statusCode}: ${text}`);
    return JSON.parse(text) as { readonly metadata: Meta };
  };
  const change = async (kind: Kind, name: string, toGo = false): Promise<Change> => {
    const path = `${kind.path}/${name}`;
    const uid = known.get(path);
    if (uid === undefined) {
      const { metadata } = await send('POST', kind.path, kind.body(name));
      known.set(path, metadata.uid);
      return { uid: metadata.uid, version: metadata.resourceVersion, isGone: false };
    }
    if (toGo) {
      await send('DELETE', path, { gracePeriodSeconds: 0 });
      known.delete(path);
      return { uid, version: '', isGone: true };
    }
    const label = { metadata: { labels: { change: `c${++serial}` } } };
    const { metadata } = await send('PATCH', path, label, 'application/merge-patch+json');
    return { uid, version: metadata.resourceVersion, isGone: false };
  };
  return {
    change,
    make: async (kind, count, perSecond) => {
      const made: Change[] = [];
      const busy = new Map<string, Promise<void>>();
      const begunAll: Promise<void>[] = [];
      const beganMs = performance.now();
      for (let begun = 0; begun < count; ) {
        const isEarly = begun >= ((performance.now() - beganMs) / 1000) * perSecond;
        const name = `o-${Math.floor(rng.uniform() * NAMES)}`;
        if (isEarly || busy.size >= AT_ONCE || busy.has(name)) {
          await pause(1);
          continue;
        }
        begun++;
        const one = change(kind, name, rng.uniform() < 0.3)
          .then((done) => void made.push(done))
          .finally(() => busy.delete(name));
        // Who awaits all of them hears of it.
        one.catch(() => undefined);
        busy.set(name, one);
        begunAll.push(one);
      }
      await Promise.all(begunAll);
      return made;
    },
    there: async ({ path }) => {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path,
        headers: { authorization: `Bearer ${token}` },
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: ${text}`);
      const { items } = JSON.parse(text) as { items: { metadata: Meta }[] };
      return items.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).sort();
    },
    close: () => pool.close(),
  };
}
