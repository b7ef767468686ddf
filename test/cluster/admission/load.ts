// Writes without end while certificates are replaced: many a second, in both versions, each of which asks all three
// webhooks. Beside them whoever connects anew is shown a certificate, which the bundles of that moment must hold good.
import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { INSTALLED } from '../kubelet.ts';
import { call, detector, pathOf, readBundles, SERVICE, type Session } from './session.ts';
import { callUnlessBusy } from './unless-busy.ts';

const PER_SECOND = 20;
/** Each is written by itself: where there is no time for so many a second, they are fewer, and do not pile up. */
export const OBJECTS = 8;
const MERGE = { 'content-type': 'application/merge-patch+json' };

export interface Load {
  readonly failures: readonly string[];
  /** Writes that were sent again because a review had no time. */
  readonly late: number;
  readonly writes: number;
  /** Fingerprints of what was served. */
  readonly leaves: ReadonlySet<string>;
  readonly issuers: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** `prefix`: of the names of its objects. */
export function startLoad(session: Session, prefix: string, perSecond = PER_SECOND): Load {
  const turnMs = (OBJECTS * 1000) / perSecond;
  const stopping = new AbortController();
  const agent = new Agent({ keepAlive: true });
  const failures: string[] = [];
  const seen = { leaves: new Set<string>(), issuers: new Set<string>() };
  let [writes, late] = [0, 0];
  const write = async (name: string, round: number) => {
    const { path, options } = requestOf(name, round);
    writes++;
    let tries = 0;
    const { status, body } = await callUnlessBusy(() => {
      if (tries++ > 0) late++;
      return call(session, path, { ...options, agent }).catch((error: Error) => ({
        ...{ status: 0, body: { message: error.message } },
      }));
    });
    if (status < 200 || status > 299) failures.push(`${options.method} ${path}: ${status} ${body.message}`);
  };
  // Each has an object of its own, so that no two writes meet.
  const writing = Array.from({ length: OBJECTS }, async (_, index) => {
    await pause((index * turnMs) / OBJECTS);
    for (let round = 0; !stopping.signal.aborted; round++) {
      await Promise.all([write(`${prefix}-${index}`, round), pause(turnMs)]);
    }
  });
  const look = async (port: number) => {
    for (const ca of new Set(await readBundles(session))) {
      const { leaf, issuer } = await shakeHands(port, ca);
      seen.leaves.add(leaf);
      seen.issuers.add(issuer);
    }
  };
  const connecting = session.replicas.map(async ({ port }) => {
    while (!stopping.signal.aborted) {
      // The second time with bundles of now: between reading them and connecting both may have been replaced.
      await look(port)
        .catch(() => look(port))
        .catch((error: Error) => failures.push(`a new connection: ${error.message}`));
      await pause(200);
    }
  });
  return {
    failures,
    get writes() {
      return writes;
    },
    get late() {
      return late;
    },
    ...seen,
    async stop() {
      stopping.abort();
      await Promise.all([...writing, ...connecting]);
      agent.destroy();
    },
  };
}

function requestOf(name: string, round: number) {
  const version = round % 2 === 0 ? 'v1' : 'v2';
  if (round === 0) {
    const object = detector(name, { targets: { matchLabels: { app: 'a' } }, metrics: [{ name: 'm' }] });
    return { path: pathOf('v2'), options: { method: 'POST', body: JSON.stringify(object) } };
  }
  const body = JSON.stringify({ spec: { threshold: 1 + (round % 50) } });
  return { path: pathOf(version, name), options: { method: 'PATCH', body, headers: MERGE } };
}

/** Fingerprints of what the replicas show now. */
export async function servedBy({ replicas, ...session }: Session): Promise<ReadonlySet<string>> {
  const [ca = ''] = await readBundles(session);
  return new Set(await Promise.all(replicas.map(async ({ port }) => (await shakeHands(port, ca)).leaf)));
}

function shakeHands(port: number, ca: string): Promise<{ leaf: string; issuer: string }> {
  return new Promise((resolve, reject) => {
    const servername = `${SERVICE}.${INSTALLED}.svc`;
    const socket = connect({ host: '127.0.0.1', port, ca, servername }, () => {
      const { raw } = socket.getPeerCertificate();
      const { fingerprint256: leaf, issuer } = new X509Certificate(raw);
      socket.destroy();
      resolve({ leaf, issuer });
    });
    socket.on('error', reject);
  });
}
