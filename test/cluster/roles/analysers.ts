// Analysers behind a running operator: one that is added gets its share, and those that are killed cost nothing.
import { randomInt } from 'node:crypto';
import { createRng } from '#stats/rng.ts';
import type { ControlPlane } from '../../parts/control-plane.ts';
import { waitUntil } from '../../parts/wait-until.ts';
import { NAMESPACE } from '../shop.ts';
import { epochOf } from './lease.ts';
import { callsOf } from './pages.ts';
import { checkNothingLost, completeTimes, isLoad, STEP_MS } from './scores.ts';
import { LOADS, type Session, type Tests } from './session.ts';

const KILLS = 20;
/** Between two edits of a detector, each of which has its window scored at once. */
const EDIT_MS = 80;
const MOST_PAUSE_MS = 800;
const DETECTORS = `/apis/monitoring.my.company/v2/namespaces/${NAMESPACE}/anomalydetectors`;

export const ANALYSER_TESTS: Tests = {
  'the third analyser gets a fifth of the calls or more in the third minute after its start': async (session) => {
    const epoch = await epochOf(session.plane);
    const calls = await session.thirdMinute.calls();
    const share = (calls[2] ?? 0) / calls.reduce((sum, count) => sum + count, 0);
    const told = `${(100 * share).toFixed(0)} % of ${calls.join(' + ')}, the name was looked up ${session.roles.names.asked} times`;
    if (!(share >= 0.2)) throw new Error(told);
    // A client that is new looks the name up anyway.
    if (epoch !== 1 || (await epochOf(session.plane)) !== 1) throw new Error('the operator was replaced meanwhile');
    return told;
  },
  [`${KILLS} kills of analysers at random under load: each step is stored once, and no detector is an Error`]: async (
    session,
  ) => {
    const seed = randomInt(2 ** 31);
    const before = await completeTimes(session);
    const stop = new AbortController();
    const load = Promise.all([editInTurn(session.plane, stop.signal), watchForErrors(session.plane, stop.signal)]);
    load.catch((error) => stop.abort(error));
    let served = 0;
    try {
      served = await killInTurn(session, seed, stop.signal);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`);
    } finally {
      stop.abort();
    }
    const [edits] = await load;
    // Once more each, when all analysers are there again.
    for (const name of LOADS) await edit(session.plane, name, 3);
    await checkNothingLost(session, before, { fromMs: Date.now() - 3 * STEP_MS, what: isLoad }).catch((error) => {
      throw new Error(`seed ${seed}: ${error.message}`);
    });
    await checkNoError(session.plane);
    if (served < 5 * KILLS) throw new Error(`that was no load: ${served} calls`);
    return `seed ${seed}, ${served} calls, ${edits} edits`;
  },
};

/** Kills one at random and starts it again; how many calls were answered meanwhile, by those that did not die for it. */
async function killInTurn({ roles }: Session, seed: number, signal: AbortSignal): Promise<number> {
  const { analysers } = roles;
  const rng = createRng(seed);
  const counted = new Map(await Promise.all(analysers.map(async (one) => [one, await callsOf(one.health)] as const)));
  let served = 0;
  const count = async (one: (typeof analysers)[number], isLast: boolean) => {
    const calls = await callsOf(one.health);
    served += calls - (counted.get(one) ?? 0);
    counted.set(one, isLast ? 0 : calls);
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const victim = analysers[Math.floor(rng.uniform() * analysers.length)];
    const untilMs = performance.now() + rng.uniform() * MOST_PAUSE_MS;
    await waitUntil('a random moment', () => performance.now() >= untilMs, { signal, everyMs: 5 });
    if (victim === undefined) continue;
    await count(victim, true);
    await roles.kill(victim);
    await roles.start(victim);
  }
  for (const one of analysers) await count(one, false);
  return served;
}

/** Edits one detector after the other until it is told to stop; how often it did. */
async function editInTurn(plane: ControlPlane, signal: AbortSignal): Promise<number> {
  let edits = 0;
  while (!signal.aborted) {
    const name = LOADS[edits % LOADS.length] ?? '';
    // Another threshold each time round: what is judged is judged anew, and must still be stored once.
    await edit(plane, name, 3.5 + ((edits / LOADS.length) % 4));
    edits++;
    const untilMs = performance.now() + EDIT_MS;
    await waitUntil('the next', () => performance.now() >= untilMs || signal.aborted, { everyMs: 10 });
  }
  return edits;
}

async function edit(plane: ControlPlane, name: string, threshold: number): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const body = JSON.stringify({ spec: { threshold } });
  const { status, text } = await plane.request(`${DETECTORS}/${name}`, { method: 'PATCH', headers, body });
  if (status !== 200) throw new Error(`${name} could not be edited: ${status} ${text}`);
}

/** Rejects as soon as a detector is an Error. */
async function watchForErrors(plane: ControlPlane, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { items } = JSON.parse((await plane.request(DETECTORS)).text) as { items: readonly Listed[] };
    const broken = items.find(({ status }) => status?.state === 'Error');
    if (broken !== undefined) throw new Error(`an Error: ${JSON.stringify(broken.status)}`);
    const untilMs = performance.now() + 250;
    await waitUntil('the next look', () => performance.now() >= untilMs || signal.aborted, { everyMs: 20 });
  }
}

interface Listed {
  readonly status?: { readonly state?: string };
}

/** No event tells of one either, however short it was. */
async function checkNoError(plane: ControlPlane): Promise<void> {
  const text = await plane.kubectl(['get', 'events.events.k8s.io', '-n', NAMESPACE, '-o', 'json']);
  const { items } = JSON.parse(text) as { items: readonly { reason: string; note: string }[] };
  const broken = items.find(({ reason }) => reason === 'Error');
  if (broken !== undefined) throw new Error(`an event of an Error: ${broken.note}`);
}
