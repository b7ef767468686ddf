// F13: the clock of one operator is ten minutes wrong. It leads for a while beside one whose clock is right, then that one does.
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { epochOf } from '../cluster/roles/lease.ts';
import { json } from '../cluster/roles/pages.ts';
import type { Role } from '../cluster/roles/processes.ts';
import { checkNothingLost, STEP_MS, timesOf } from '../cluster/roles/scores.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';
import { LEADERS_NEED, leads, openLeaders } from './leaders.ts';

const WRONG_SECONDS = 600;
/** Two rounds of observing. */
const LEADS_MS = 130_000;

export const clockWrong: Fault = {
  id: 'F13',
  title: 'the clock of one operator wrong by 10 minutes',
  needs: [...LEADERS_NEED, 'faketime'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const isAhead = rng.uniform() < 0.5;
    const wrong = environmentOf(`${isAhead ? '+' : '-'}${WRONG_SECONDS}s`);
    const { plane, roles, pod, leader, other, before } = await openLeaders({
      ...{ folder, ending },
      envOf: (index) => (index === 1 ? wrong : {}),
      // As the product's own: good for an hour before they were made.
      certifiedBy: ['faketime', '-f', '-3600s'],
    });
    await roles.kill(leader);
    await waitUntil('the one whose clock is wrong to lead', () => leads(other), { timeoutMs: 60_000 });
    say(`it leads with a clock ${isAhead ? 'ahead' : 'behind'}`);
    await roles.start(leader);
    await onlyLeads(plane, other, leader, LEADS_MS);
    const meanwhile = Date.now();
    await checkNothingLost({ roles, pod }, before, { fromMs: meanwhile - 3 * STEP_MS });
    await roles.end(other);
    await waitUntil('the one whose clock is right to lead', () => leads(leader), { timeoutMs: 60_000 });
    await checkNothingLost({ roles, pod }, before, { fromMs: Date.now() + STEP_MS });
    const newest = Math.max(...[...(await timesOf({ roles, pod })).values()].flat());
    demand(newest <= Date.now(), `a score of ${new Date(newest).toISOString()} lies in the future`);
    const { findings } = await json(roles.keeper.page, '/api/findings');
    demand(findings.length === 0, `${findings.length} findings on a quiet day: ${JSON.stringify(findings[0])}`);
    return {
      broken: `a clock 10 minutes ${isAhead ? 'ahead' : 'behind'} on the operator that led for ${LEADS_MS / 1000} s beside a right one, which then led`,
      seen: 'one writer under one epoch, though by the clock of either the lease of the other is long over or of the future; every step scored once at the time of its samples, none in the future, no finding',
      lost: 0,
      doubled: 0,
    };
  },
};

/** By each one's own account, at every look; and the lease does not change hands in between. */
async function onlyLeads(plane: ControlPlane, leader: Role, other: Role, forMs: number): Promise<void> {
  const epoch = await epochOf(plane);
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; await pause(250)) {
    demand(!(await leads(other)), 'the one that stands by leads as well');
  }
  // It may be too busy to say so at once; that the lease is the same says that nobody led in between.
  await waitUntil('the one whose clock is wrong to lead still', () => leads(leader), { timeoutMs: 10_000 });
  demand((await epochOf(plane)) === epoch, 'the lease has changed hands');
}

/** What the command `faketime` would set for a program; the clock that never steps stays as it is. */
function environmentOf(offset: string): Record<string, string> {
  const lines = execFileSync('faketime', ['-f', offset, 'env'], { encoding: 'utf8' }).split('\n');
  const set = lines.filter((line) => /^(LD_PRELOAD|FAKETIME)=/.test(line)).map((line) => line.split(/=(.*)/s));
  return {
    ...Object.fromEntries(set.map(([name = '', value = '']) => [name, value])),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
