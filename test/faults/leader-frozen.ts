// F11: the operator that leads is frozen for twenty seconds and goes on. Meanwhile another leads, and the old one must not
// write any more.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { epochOf } from '../cluster/roles/lease.ts';
import { checkNothingLost } from '../cluster/roles/scores.ts';
import { makeBatch } from '../conformance/store-fixtures.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';
import { LEADERS_NEED, leads, openLeaders, signal, TAKEN_OVER_MS, untilLeads } from './leaders.ts';

const FROZEN_MS = 20_000;
/** How long both are looked at after the thaw. */
const LOOK_MS = 5000;

export const leaderFrozen: Fault = {
  id: 'F11',
  title: 'the leading operator frozen for 20 s, then thawed',
  needs: LEADERS_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, roles, pod, leader, other, before } = await openLeaders({ folder, ending });
    await pause(rng.uniform() * 10_000);
    const epoch = await epochOf(plane);
    signal(leader, 'SIGSTOP');
    const frozenMs = performance.now();
    const takenOverMs = await untilLeads(other, frozenMs, 'the other to lead');
    demand(takenOverMs <= TAKEN_OVER_MS, `it took ${takenOverMs} ms`);
    await pause(Math.max(0, frozenMs + FROZEN_MS - performance.now()));
    signal(leader, 'SIGCONT');
    const thawedMs = performance.now();
    while (performance.now() - thawedMs < LOOK_MS) {
      const both = (await leads(leader)) && (await leads(other));
      demand(!both, 'both lead after the thaw');
      await pause(100);
    }
    say(`taken over after ${(takenOverMs / 1000).toFixed(1)} s, epoch ${epoch} → ${await epochOf(plane)}`);
    const refusal = await appendAs(epoch, folder, roles.keeper.args);
    demand(refusal === 'stale-epoch', `an append under the old epoch ended with ${refusal}`);
    await waitUntil('the page to be well', async () => (await fetch(`${roles.keeper.health}/readyz`)).ok);
    await checkNothingLost({ roles, pod }, before, { fromMs: Date.now() });
    return {
      broken: 'SIGSTOP for 20 s, at any moment of its work',
      seen: `one writer; the other led after ${(takenOverMs / 1000).toFixed(1)} s; an append under the old epoch is refused`,
      lost: 0,
      doubled: 0,
    };
  },
};

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
