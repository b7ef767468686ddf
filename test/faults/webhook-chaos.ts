// F14c: all at once, while pods are created without end. Answers come late or with 500 by chance; somebody else's webhook writes
// detectors before it lets one in, and before it lets ours tell the API server whom to trust, so that each waits for the other;
// and admission's certificate ends. Judged by what the API server itself counts.
import { setTimeout as pause } from 'node:timers/promises';
import { CRD, call, pathOf, replaceAuthority, type Session, startMaker } from '../cluster/admission/session.ts';
import { metric } from '../cluster/roles/pages.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { ADMITTED_NEED, type Admitted, detectorOf, openAdmitted, untilReady } from './admitted.ts';
import { failingKinds, readApiMetrics } from './api-metrics.ts';
import { startBystanders } from './bystanders.ts';
import { demand, type Fault } from './contract.ts';
import { type FixtureHandler, registerWebhook, startFixtureWebhook } from './fixture-webhook.ts';
import { createOwnWrites } from './own-writes.ts';

const CHAOS_MS = 12_000;
const MOST_MORE_MS = 60_000;
const LATE_MS = 2000;
const LIFE_MS = 9000;
const BACK_MS = 40_000;
const LOAD = { late: 0.25, broken: 0.25 };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const WAITS = { waits: 'yes' };
const DURATION = 'apiserver_admission_webhook_admission_duration_seconds_bucket';
/** Slower than the API server waits for either of ours. */
const MOST_SECONDS = '2.5';
/** What it measures holds the machine's own lateness. */
const MOST_LATE_SECONDS = '10';
const MOST_LATE = 2;

export const webhookChaos: Fault = {
  id: 'F14c',
  title: 'webhooks late, broken and waiting for each other, and an expired certificate, while pods are created',
  needs: [...ADMITTED_NEED, 'kube-controller-manager', 'kube-scheduler', 'kwok'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const admitted = await openAdmitted({ folder, ending, simulate: true });
    const { plane, session, connections, reviews } = admitted;
    const fixture = await startFixtureWebhook(plane, waiting(plane));
    ending.defer(() => fixture.stop());
    await registerWebhook(plane, fixture, {
      ...{ name: 'waits', kind: 'ValidatingWebhookConfiguration', labels: WAITS, timeoutSeconds: 2 },
      what: 'monitoring.my.company/anomalydetectors',
    });
    const others = await startBystanders(plane);
    const writes = createOwnWrites(session, rng, 'v2');
    reviews.choose = () => {
      const chance = rng.uniform();
      if (chance < LOAD.late) return { kind: 'late', lateMs: LATE_MS };
      return chance < LOAD.late + LOAD.broken ? { kind: 'status', status: 500 } : undefined;
    };
    const endMs = performance.now() + CHAOS_MS;
    const outcomes = () => {
      const taken = writes.ended.filter(({ status }) => status < 300).length;
      return { taken, refused: writes.ended.length - taken };
    };
    // Each ends one way or the other by chance, and a machine may have time for but a few.
    const isOneSided = () => outcomes().taken === 0 || outcomes().refused === 0;
    const writing = async () => {
      while (performance.now() < endMs || (isOneSided() && performance.now() < endMs + MOST_MORE_MS)) {
        await writes.write();
      }
    };
    const [, deadlocks] = await Promise.all([writing(), deadlocked(session, endMs)]);
    reviews.choose = () => undefined;
    const { taken, refused } = outcomes();
    demand(!isOneSided(), `${taken} were taken and ${refused} refused`);
    say(`${taken} taken, ${refused} refused; ${deadlocks} of two that wait for each other`);

    const backMs = await expired(admitted, () =>
      registerWebhook(plane, fixture, {
        ...{ name: 'waits-for-definitions', kind: 'ValidatingWebhookConfiguration', timeoutSeconds: 2 },
        what: 'apiextensions.k8s.io/customresourcedefinitions',
      }),
    );
    const { status, message } = await writes.writeUnlessBusy();
    demand(status < 300, `after all that: ${status} ${message}`);
    const usualMs = await others.stop();
    const pendingMs = await untilNonePending(plane);
    const judged = await judge(plane);
    connections.reset();
    return {
      broken: `${LOAD.late * 100} % of reviews ${LATE_MS / 1000} s late, ${LOAD.broken * 100} % with 500, for ${CHAOS_MS / 1000} s; ${deadlocks} writes of detectors for which two webhooks wait for each other; then a certificate that ended, while the API server may be told of another only after a detector was let in; ${others.pods} pods created meanwhile`,
      seen: `${taken} detectors taken, ${refused} refused; ${others.served} requests of others served, 95 % within ${usualMs.toFixed(0)} ms; 5xx only of ${judged.failing.join(', ')}; no review of ours beyond ${judged.slowest} s; no pod pending after ${(pendingMs / 1000).toFixed(1)} s; well by itself ${(backMs / 1000).toFixed(1)} s after a new certificate was made`,
      ...(await writes.compare()),
    };
  },
};

/**
 * Somebody's webhook that notes each object as a detector before it lets it in. What it notes of a detector that waits is
 * asked about as well, and that answer waits until the first one is stored: for ever, but for the API server's patience.
 */
function waiting(plane: ControlPlane): FixtureHandler {
  let serial = 0;
  return async ({ object }, gone) => {
    const { name = '' } = object?.metadata ?? {};
    const isNote = name.startsWith('note-');
    if (isNote && object?.spec !== undefined && 'selector' in object.spec && name.endsWith('-waits')) {
      await new Promise((resolve) => gone.addEventListener('abort', resolve));
      return { allowed: false, message: 'nobody waits any more' };
    }
    const isDetector = object?.apiVersion.startsWith('monitoring.my.company/') === true;
    const note = `note-${serial++}${isDetector ? '-waits' : ''}`;
    const body = { ...detectorOf(note), metadata: { name: note, labels: isDetector ? WAITS : {} } };
    const { status, text } = await plane.request(pathOf('v2'), { method: 'POST', body: JSON.stringify(body) });
    return status === 201 ? { allowed: true } : { allowed: false, message: `it cannot be noted: ${status} ${text}` };
  };
}

/** Writes detectors that two webhooks wait for; how many. Each must be refused in the end. */
async function deadlocked(session: Session, endMs: number): Promise<number> {
  let count = 0;
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    const body = { ...detectorOf(`locked-${count}`), metadata: { name: `locked-${count++}`, labels: WAITS } };
    const { status } = await call(session, pathOf('v2'), { method: 'POST', body: JSON.stringify(body) });
    const tookMs = performance.now() - beganMs;
    demand(status > 299, 'what waits for itself was let in');
    demand(tookMs < 5500, `it held the writer for ${tookMs.toFixed(0)} ms`);
    await pause(300);
  }
  return count;
}

/** Its certificate ends with nobody to renew it, then somebody does; milliseconds from then until detectors are taken. */
async function expired({ session, connections }: Admitted, hinder: () => Promise<void>): Promise<number> {
  const [replica] = session.replicas;
  // From here on the API server is shown what admission itself serves.
  connections.target.port = replica?.port ?? 0;
  connections.reset();
  await replaceAuthority(session, LIFE_MS);
  await waitUntil('the short certificate to end', async () => {
    return (await metric(replica?.health ?? '', 'cert_expiry_seconds')) < 0;
  });
  await hinder();
  connections.reset();
  await waitUntil('it to be refused for its certificate', async () => {
    const body = JSON.stringify(detectorOf('expired'));
    const { status, body: told } = await call(session, `${pathOf('v2')}?dryRun=All`, { method: 'POST', body });
    return status === 500 && /certificate has expired/.test(told.message);
  });
  await waitUntil('the definition to wait for a detector', async () => {
    const body = JSON.stringify({ metadata: { labels: { tried: 'yes' } } });
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD}?dryRun=All`;
    const { status, body: told } = await call(session, path, { method: 'PATCH', body, headers: MERGE });
    return status === 403 && told.message.includes('it cannot be noted');
  });
  await startMaker(session, ['--every=1s']);
  return untilReady(session, BACK_MS);
}

/** Milliseconds. */
async function untilNonePending({ request }: ControlPlane): Promise<number> {
  const beganMs = performance.now();
  await waitUntil('all pods to run', async () => {
    const { items } = JSON.parse((await request('/api/v1/namespaces/elsewhere/pods')).text) as {
      items: { status: { phase: string } }[];
    };
    const pending = items.filter(({ status }) => status.phase !== 'Running').length;
    if (pending > 0 || items.length === 0) throw new Error(`${pending} of ${items.length} are pending`);
    return true;
  });
  return performance.now() - beganMs;
}

/** By the API server's own figures. */
async function judge(plane: ControlPlane): Promise<{ readonly failing: readonly string[]; readonly slowest: string }> {
  const metrics = await readApiMetrics(plane);
  const failing = failingKinds(metrics);
  const ours = ['anomalydetectors.monitoring.my.company', 'customresourcedefinitions.apiextensions.k8s.io'];
  const strangers = failing.filter((kind) => !ours.includes(kind));
  demand(strangers.length === 0, `5xx of ${strangers.join(', ')}`);
  const name = /monitoring\.my\.company$/;
  const all = metrics.sum(DURATION, { name, le: '+Inf' });
  const beyond = (le: string) => all - metrics.sum(DURATION, { name, le });
  const isPrompt = beyond(MOST_SECONDS) <= MOST_LATE && beyond(MOST_LATE_SECONDS) === 0;
  demand(all > 0 && isPrompt, `${beyond(MOST_SECONDS)} of ${all} reviews took longer than ${MOST_SECONDS} s`);
  const broken = metrics.sum('apiserver_admission_webhook_rejection_count', {
    ...{ name, error_type: 'calling_webhook_error' },
  });
  demand(broken > 0, 'no review was broken');
  return { failing, slowest: MOST_SECONDS };
}
