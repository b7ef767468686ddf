// F16: admission's certificate and authority replaced by ones that nobody knows, under fifty writes a second; then one that ends
// with nobody to renew it. The API server trusts each one before it is shown, the end is told of before it comes, and whoever
// makes certificates again puts all right.
import { setTimeout as pause } from 'node:timers/promises';
import { type Load, OBJECTS, servedBy, startLoad } from '../cluster/admission/load.ts';
import {
  CRD,
  call,
  pathOf,
  replaceAuthority,
  type Session,
  startMaker,
  stopMaker,
  WEBHOOKS,
} from '../cluster/admission/session.ts';
import { metric } from '../cluster/roles/pages.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { ADMITTED_NEED, detectorOf, listed, openAdmitted, untilReady } from './admitted.ts';
import { startBystanders } from './bystanders.ts';
import { demand, type Fault } from './contract.ts';

const PER_SECOND = 50;
const REPLACED = 3;
/** A machine that has no time for so many a second is given longer for them; nor may it have any for a review or two. */
const WRITES = 500;
const MOST_LATE = 4;
/** Of the one that nobody renews: long enough to be taken, short enough to wait for. */
const LIFE_MS = 40_000;
const BACK_MS = 30_000;

export const certificatesRotated: Fault = {
  id: 'F16',
  title: 'certificates replaced under 50 writes a second, then one that ends',
  needs: ADMITTED_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const admitted = await openAdmitted({ folder, ending, replicas: 2, behindReviews: false, audit: true });
    const { plane, session, connections } = admitted;
    const others = await startBystanders(plane);
    const load = startLoad(session, 'rotated', PER_SECOND);
    const beganMs = performance.now();
    const leads: number[] = [];
    try {
      for (let times = 0; times < REPLACED || load.writes < WRITES; times++) {
        leads.push(await replaced(session, load));
        await pause(rng.uniform() * 500);
      }
    } finally {
      await load.stop();
    }
    const seconds = (performance.now() - beganMs) / 1000;
    const { failures, writes, late } = load;
    demand(failures.length === 0, `${failures.length} of ${writes} failed: ${failures[0]}`);
    demand(late <= MOST_LATE, `${late} of ${writes} had no review in time`);
    const rate = writes / seconds;
    say(
      `${writes} writes, ${rate.toFixed(0)} a second; bundles ${leads.map((ms) => ms.toFixed(0)).join(', ')} ms ahead`,
    );

    const warnedMs = await endsWith(session);
    connections.reset();
    const over = await call(session, pathOf('v2'), { method: 'POST', body: JSON.stringify(detectorOf('late')) });
    const isClear = over.status === 500 && /certificate has expired/.test(over.body.message);
    demand(isClear, `with a certificate that is over: ${over.status} ${over.body.message}`);
    const left = await metric(session.replicas[0]?.health ?? '', 'cert_expiry_seconds');
    demand(left <= 0, `cert_expiry_seconds is ${left}`);
    await startMaker(session, ['--every=1s']);
    const backMs = await untilReady(session, BACK_MS);
    const usualMs = await others.stop();
    const kept = await listed(session);
    return {
      broken: `${leads.length} times a certificate of an authority that nobody knows, under ${writes} writes at ${rate.toFixed(0)}/s; then one of ${LIFE_MS / 1000} s that nobody renewed`,
      seen: `no write failed; the last of three bundles was there ${(Math.min(...leads) / 1000).toFixed(1)} s before the certificate; its end was told of ${(warnedMs / 1000).toFixed(1)} s ahead; then detectors were refused ("certificate has expired"), others served, 95 % within ${usualMs.toFixed(0)} ms; well ${(backMs / 1000).toFixed(1)} s after there was somebody to renew it`,
      lost: OBJECTS - kept.length,
      doubled: 0,
    };
  },
};

/** Milliseconds from the last of three bundles to the first sight of the new certificate. */
async function replaced(session: Session, load: Load): Promise<number> {
  await waitUntil('a certificate to be seen', () => load.leaves.size > 0);
  const before = await servedBy(session);
  const fromMs = Date.now();
  await replaceAuthority(session);
  const isNew = async () => [...(await servedBy(session))].some((leaf) => !before.has(leaf));
  await waitUntil('the new one to be shown', isNew, { everyMs: 20 });
  const shownMs = Date.now();
  await waitUntil('both to show it', async () => {
    const now = await servedBy(session);
    return now.size === 1 && ![...now].some((leaf) => before.has(leaf));
  });
  const patches = (await readAuditLog(session.plane.auditLog)).filter(
    ({ verb, user, responseStatus, stageTimestamp }) =>
      verb === 'patch' &&
      user.username.endsWith(':tidewatch-admission') &&
      responseStatus?.code === 200 &&
      Date.parse(stageTimestamp) >= fromMs &&
      Date.parse(stageTimestamp) <= shownMs,
  );
  const filled = new Set(patches.map(({ objectRef }) => `${objectRef?.resource}/${objectRef?.name}`));
  const wanted = [
    `customresourcedefinitions/${CRD}`,
    `mutatingwebhookconfigurations/${WEBHOOKS}`,
    `validatingwebhookconfigurations/${WEBHOOKS}`,
  ];
  demand(
    wanted.every((one) => filled.has(one)),
    `before it was shown only ${[...filled].join(', ')} were filled`,
  );
  const firsts = wanted.map((one) =>
    Math.min(
      ...patches
        .filter(({ objectRef }) => `${objectRef?.resource}/${objectRef?.name}` === one)
        .map(({ stageTimestamp }) => Date.parse(stageTimestamp)),
    ),
  );
  return shownMs - Math.max(...firsts);
}

/** Gives it one that ends, and waits for that; how long before it `/readyz` said so, in milliseconds. */
async function endsWith(session: Session): Promise<number> {
  const before = await servedBy(session);
  await replaceAuthority(session, LIFE_MS);
  const endMs = Date.now() + LIFE_MS;
  const [health = ''] = session.replicas.map((replica) => replica.health);
  await waitUntil('the short one to be served', async () => {
    const served = await servedBy(session);
    return served.size === 1 && ![...served].some((leaf) => before.has(leaf));
  });
  const left = await metric(health, 'cert_expiry_seconds');
  demand(left > 0 && left < LIFE_MS / 1000, `cert_expiry_seconds is ${left}`);
  await stopMaker(session);
  await waitUntil(
    'a warning',
    async () => (await (await fetch(`${health}/readyz`)).text()).includes('its certificate ends in'),
    { everyMs: 20, timeoutMs: LIFE_MS + 5000 },
  );
  const warnedMs = endMs - Date.now();
  demand(warnedMs > 0, `it was told ${-warnedMs} ms too late`);
  await pause(Math.max(0, endMs - Date.now()) + 1100);
  return warnedMs;
}
