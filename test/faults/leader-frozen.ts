// F11: the operator that leads is frozen for twenty seconds, with writes on their way, and goes on. Meanwhile another leads, and
// nothing of the old one may be taken any more: neither what it had sent, nor what it would still send.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { epochOf } from '../cluster/roles/lease.ts';
import { metric } from '../cluster/roles/pages.ts';
import type { Role } from '../cluster/roles/processes.ts';
import { checkNothingLost } from '../cluster/roles/scores.ts';
import { NAMESPACE } from '../cluster/shop.ts';
import { makeBatch } from '../conformance/store-fixtures.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';
import { LEADERS_NEED, leads, openLeaders, signal, TAKEN_OVER_MS, untilLeads } from './leaders.ts';
import type { TcpProxy } from './tcp-proxy.ts';

const FROZEN_MS = 20_000;
/** How long both are looked at after the thaw. */
const LOOK_MS = 5000;
/** Whether what waits is on its way, or still waits for a connection, nobody can tell from outside. */
const MOST_TRIES = 4;
/** Of writes of a status, five a second. */
const SOME_TURNS_MS = 1000;

export const leaderFrozen: Fault = {
  id: 'F11',
  title: 'the leading operator frozen for 20 s in the middle of its writes, then thawed',
  needs: LEADERS_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, roles, pod, leader, other, proxies, before } = await openLeaders({
      ...{ folder, ending, audit: true },
    });
    await pause(rng.uniform() * 10_000);
    const pair = [leader, other].map((role, index) => ({ role, proxy: proxies[index] }));
    let seen = await freeze(plane, pair, say);
    for (let tries = 1; seen.statuses === 0 && tries < MOST_TRIES; tries++) {
      say('no status was on its way: again, with the one that leads now');
      seen = await freeze(plane, pair.reverse(), say);
    }
    const { takenOverMs, epoch, statuses, leases } = seen;
    demand(statuses > 0, 'no stale status came to the API server and was refused');
    const refusal = await appendAs(epoch, folder, roles.keeper.args);
    demand(refusal === 'stale-epoch', `an append under the old epoch ended with ${refusal}`);
    const appends = await metric(roles.keeper.health, 'tidewatch_appends_total{outcome="refused"}');
    demand(appends > 0, 'the keeper shows no refused append');
    await waitUntil('the page to be well', async () => (await fetch(`${roles.keeper.health}/readyz`)).ok);
    await checkNothingLost({ roles, pod }, before, { fromMs: Date.now() });
    return {
      broken: 'SIGSTOP for 20 s or more with a status on its way, which arrived after the other had written',
      seen: `one writer; the other led after ${(takenOverMs / 1000).toFixed(1)} s; stale appends and status writes refused: ${appends} by epoch, ${statuses} by version, and ${leases} renewals of the lease; no status went back`,
      lost: 0,
      doubled: 0,
    };
  },
};

interface Leading {
  readonly role: Role;
  readonly proxy: TcpProxy | undefined;
}

/** Freezes the first, which leads, and thaws it when the second has written every status. */
async function freeze(plane: ControlPlane, [first, second]: readonly Leading[], say: (line: string) => void) {
  demand(first?.proxy !== undefined && second !== undefined, 'no pair');
  const [leader, other] = [first.role, second.role];
  const epoch = await epochOf(plane);
  await untilStatusOnItsWay(leader, first.proxy);
  signal(leader, 'SIGSTOP');
  const frozenMs = performance.now();
  const takenOverMs = await untilLeads(other, frozenMs, 'the other to lead');
  demand(takenOverMs <= TAKEN_OVER_MS, `it took ${takenOverMs} ms`);
  await untilAllWritten(plane, Date.now());
  await pause(Math.max(0, frozenMs + FROZEN_MS - performance.now()));
  const thawedMs = Date.now();
  // What it had sent arrives now, and then it goes on.
  first.proxy.resume();
  signal(leader, 'SIGCONT');
  await lookAtBoth(plane, leader, other);
  say(`taken over after ${(takenOverMs / 1000).toFixed(1)} s, epoch ${epoch} → ${await epochOf(plane)}`);
  return { takenOverMs, epoch, ...(await refusedSince(plane, thawedMs)) };
}

/** Its requests are held up, until one of a status is under way: another then waits behind it. */
async function untilStatusOnItsWay({ health }: Role, proxy: TcpProxy): Promise<void> {
  await waitUntil(
    'a status to be on its way',
    async () => {
      proxy.pause('up');
      const waits = async () => (await metric(health, 'tidewatch_status_waiting')) > 0;
      // Writes are paced: one may wait for its turn alone. What still waits after some turns waits for an answer.
      const isStuck = async () => {
        if (!(await waits())) return false;
        await pause(SOME_TURNS_MS);
        return waits();
      };
      // A lease that is not renewed for ten seconds is let go: then it would write nothing.
      return waitUntil('a status to wait', isStuck, { timeoutMs: 6000 }).catch(() => proxy.resume());
    },
    { timeoutMs: 120_000, everyMs: 5000 },
  );
}

/** By name, when it was last checked. */
async function checkTimes(plane: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const { items } = JSON.parse(await plane.kubectl(['get', 'anomalydetectors', '-n', NAMESPACE, '-o', 'json'])) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly status?: { readonly lastCheckTime?: string };
    }[];
  };
  return new Map(items.map(({ metadata, status }) => [metadata.name, Date.parse(status?.lastCheckTime ?? '')]));
}

async function untilAllWritten(plane: ControlPlane, sinceMs: number): Promise<void> {
  await waitUntil(
    'the other to have written every status',
    async () => [...(await checkTimes(plane)).values()].every((timeMs) => timeMs >= sinceMs),
    { timeoutMs: 120_000, everyMs: 500 },
  );
}

/** Never do both lead, and no status becomes an older one. */
async function lookAtBoth(plane: ControlPlane, leader: Role, other: Role): Promise<void> {
  let times = await checkTimes(plane);
  for (const untilMs = performance.now() + LOOK_MS; performance.now() < untilMs; await pause(100)) {
    demand(!((await leads(leader)) && (await leads(other))), 'both lead after the thaw');
    const now = await checkTimes(plane);
    for (const [name, timeMs] of times) demand((now.get(name) ?? 0) >= timeMs, `the status of ${name} went back`);
    times = now;
  }
}

/** What the API server has refused because the object was a newer one by then. */
async function refusedSince({ auditLog }: ControlPlane, sinceMs: number) {
  const refused = (await readAuditLog(auditLog)).filter(
    ({ stage, responseStatus, stageTimestamp }) =>
      stage === 'ResponseComplete' && responseStatus?.code === 409 && Date.parse(stageTimestamp) >= sinceMs,
  );
  const of = (verb: string, what: string, part?: string) =>
    refused.filter(
      ({ verb: did, objectRef }) => did === verb && objectRef?.resource === what && objectRef.subresource === part,
    ).length;
  return { statuses: of('patch', 'anomalydetectors', 'status'), leases: of('update', 'leases') };
}

/** The code of the refusal, of an append with the operator's certificate under a given epoch. */
async function appendAs(epoch: number, folder: string, keeper: readonly string[]): Promise<string> {
  const port = keeper.find((one) => one.startsWith('--append-port='))?.split('=')[1];
  const read = (name: string) => readFile(join(folder, 'tls', 'operator', name), 'utf8');
  const [cert, key, ca] = await Promise.all([read('tls.crt'), read('tls.key'), read('ca.crt')]);
  const client = await createKeeperClient({
    ...{ address: `https://localhost:${port}`, maxSpoolBytes: 0, credentials: { cert, key, ca } },
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  try {
    const { stream = '' } = (await client.position()) ?? {};
    await client.append(makeBatch('of-the-frozen', { epoch, position: { seenMs: Date.now(), stream } }));
    return 'taken';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  } finally {
    await client.close();
  }
}
