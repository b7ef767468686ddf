// Every role is ended, killed, and robbed of its lease; each time somebody goes on soon, and in the end every score is there
// once.
import { waitUntil } from '../../parts/wait-until.ts';
import { deleteLease, epochOf } from './lease.ts';
import { metric } from './pages.ts';
import type { Role, Roles } from './processes.ts';
import { checkNothingLost, completeTimes, type Times } from './scores.ts';
import type { Tests } from './session.ts';

const HANDED_OVER_MS = 5000;
const TAKEN_OVER_MS = 25_000;
const APPENDS_AGAIN_MS = 30_000;

/** They build on each other: the last one looks for the scores that the first one saw. */
export function restartTests(): Tests {
  let before: Times = new Map();
  return {
    'an operator that is told to end hands over within 5 s': async (session) => {
      before = await completeTimes(session);
      const { roles, plane } = session;
      const took: number[] = [];
      // A machine that has no time for two seconds is no slow hand-over: one of three is in time.
      while (took.length < 3 && !took.some((ms) => ms <= HANDED_OVER_MS)) {
        const epoch = await epochOf(plane);
        const former = await roles.leader();
        const beganMs = performance.now();
        const [tookMs] = await Promise.all([untilAnotherLeads(roles, former, beganMs), roles.end(former)]);
        took.push(tookMs);
        if ((await epochOf(plane)) !== epoch + 1) throw new Error(`epoch ${await epochOf(plane)} after ${epoch}`);
        await roles.start(former);
      }
      if (Math.min(...took) > HANDED_OVER_MS) throw new Error(`it took ${took.join(', ')} ms`);
      return took.map(seconds).join(', ');
    },
    'a keeper and analysers that are told to end do so well, and begin again': async ({ roles }) => {
      await roles.end(roles.keeper);
      await roles.start(roles.keeper);
      for (const analyser of roles.analysers) {
        await roles.end(analyser);
        await roles.start(analyser);
      }
      const leader = await roles.leader();
      await waitUntil(
        'the keeper to be reached',
        // With nothing left to bring: what the next leader would find there is of an older epoch.
        async () =>
          (await metric(leader.health, 'tidewatch_keeper_away')) === 0 &&
          (await metric(leader.health, 'tidewatch_spool_records')) === 0,
      );
    },
    'a killed operator is replaced within 25 s under a higher epoch': async ({ roles, plane }) => {
      const epoch = await epochOf(plane);
      const former = await roles.leader();
      await roles.kill(former);
      const tookMs = await untilAnotherLeads(roles, former, performance.now());
      if (tookMs > TAKEN_OVER_MS) throw new Error(`it took ${tookMs} ms`);
      if ((await epochOf(plane)) <= epoch) throw new Error(`epoch ${await epochOf(plane)} after ${epoch}`);
      await roles.start(former);
      return seconds(tookMs);
    },
    'a lease that is deleted under its leader is taken again under a higher epoch': async ({ roles, plane }) => {
      const epoch = await epochOf(plane);
      await deleteLease(plane);
      await waitUntil('a higher epoch', async () => (await epochOf(plane)) > epoch);
      await waitUntil('one to lead', () => roles.leader());
      await untilAppended(roles);
    },
    'where it is deleted while no operator runs, the next one appends within 30 s, and nobody has to help': async ({
      roles,
      plane,
    }) => {
      // The leader last: ended before the others it hands over, and one more epoch is used.
      const last = await roles.leader();
      for (const operator of roles.operators) if (operator !== last) await roles.end(operator);
      const epoch = await epochOf(plane);
      await roles.end(last);
      await deleteLease(plane);
      const beganMs = performance.now();
      await Promise.all(roles.operators.map((operator) => roles.start(operator)));
      await untilAppended(roles);
      const tookMs = performance.now() - beganMs;
      if (tookMs > APPENDS_AGAIN_MS) throw new Error(`it took ${tookMs} ms`);
      const leader = await roles.leader();
      const epochs = [...(leader.running?.stdout ?? '').matchAll(/Leads +epoch (\d+)/g)].map(([, one]) => Number(one));
      if (epochs.join() !== `1,${epoch + 1}`) throw new Error(`it led under the epochs ${epochs}, after ${epoch}`);
      return seconds(tookMs);
    },
    'none of this lost a score or doubled one': async (session) => {
      await checkNothingLost(session, before, { fromMs: Date.now() - 30_000 });
      const spools = await Promise.all(
        session.roles.operators.map(({ health }) =>
          Promise.all(['stale', 'refused', 'cut_bytes'].map((what) => metric(health, `tidewatch_spool_${what}_total`))),
        ),
      );
      if (spools.flat().some((count) => count !== 0)) throw new Error(`left out: ${JSON.stringify(spools)}`);
    },
  };
}

/** Milliseconds since `sinceMs`, once one that is not `former` leads. */
async function untilAnotherLeads(roles: Roles, former: Role, sinceMs: number): Promise<number> {
  await waitUntil('the other to lead', async () => (await roles.leader()) !== former);
  return performance.now() - sinceMs;
}

/** Once the keeper has stored another batch. */
async function untilAppended({ keeper }: Roles): Promise<void> {
  const name = 'tidewatch_appends_total{outcome="stored"}';
  const before = await metric(keeper.health, name);
  await waitUntil('something to be appended', async () => (await metric(keeper.health, name)) > before, {
    timeoutMs: 90_000,
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
