// F12: only the connection between the operator that leads and the API server is cut; it reaches everything else. It must
// step down before its lease ends, because nobody can tell it that another leads.
import { setTimeout as pause } from 'node:timers/promises';
import { checkNothingLost } from '../cluster/roles/scores.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';
import { LEADERS_NEED, leads, openLeaders, TAKEN_OVER_MS } from './leaders.ts';

const LEASE_MS = 15_000;

export const leaderCutOff: Fault = {
  id: 'F12',
  title: 'only the leading operator cut off from the API server',
  needs: LEADERS_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { roles, pod, leader, other, leaderIndex, proxies, before } = await openLeaders({ folder, ending });
    const proxy = proxies[leaderIndex];
    demand(proxy !== undefined, 'no proxy');
    await pause(rng.uniform() * 10_000);
    const isSilent = rng.uniform() < 0.5;
    if (isSilent) proxy.pause();
    else {
      proxy.refuse(true);
      proxy.reset();
    }
    const cutMs = performance.now();
    let downMs = Number.NaN;
    let bothLead = false;
    const upMs = await waitUntil(
      'the other to lead',
      async () => {
        const isLeading = await leads(leader);
        if (!isLeading && Number.isNaN(downMs)) downMs = performance.now() - cutMs;
        if (!(await leads(other))) return false;
        bothLead = isLeading;
        return performance.now() - cutMs;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
    demand(!bothLead, 'both lead');
    demand(downMs <= LEASE_MS, `it stepped down after ${downMs} ms, when its lease had ended`);
    demand(upMs <= TAKEN_OVER_MS, `the other led after ${upMs} ms`);
    say(`${isSilent ? 'silent' : 'refused'}: down after ${(downMs / 1000).toFixed(1)} s`);
    proxy.resume();
    proxy.refuse(false);
    await checkNothingLost({ roles, pod }, before, { fromMs: Date.now() });
    demand(!((await leads(leader)) && (await leads(other))), 'both lead in the end');
    return {
      broken: `its connections ${isSilent ? 'fell silent' : 'were reset and refused'}; keeper and Prometheus stayed in reach`,
      seen: `it stepped down after ${(downMs / 1000).toFixed(1)} s, of a lease of 15 s; the other led after ${(upMs / 1000).toFixed(1)} s`,
      lost: 0,
      doubled: 0,
    };
  },
};
