// F23: who is to be told is away, and whoever tells is killed: between sending and marking, and while there is nobody to send to.
// A real Alertmanager, which tells a chat; a webhook beside it. What began and what ended meanwhile arrives, once. Beside it,
// with receivers of its own, something flaps: that is told once and taken back once.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Hook } from '../alerts/hook.ts';
import { openReceivers, type Receivers } from '../alerts/receivers.ts';
import { createTellingKeeper, type TellingKeeper } from '../alerts/telling-keeper.ts';
import { startLocalServer } from '../fixtures/local-server.ts';
import type { Alertmanager } from '../parts/alertmanager.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';

/** What the target says. */
const LONG_MS = 600_000;
/**
 * What a build waits for. The pauses between tries have grown to their longest, half a minute, after the first minute, and what
 * waits is given up after a day. In src/app/live/alerting.test.ts a webhook is away for more than ten minutes, on a clock that is
 * moved.
 */
const SHORT_MS = 90_000;
const BACK_MS = 60_000;

interface World extends Receivers {
  readonly relay: Relay;
  readonly keeper: TellingKeeper;
}

export const nobodyTold: Fault = {
  id: 'F23',
  title: 'Alertmanager away, and the notifier killed between send and mark',
  needs: ['prometheus-alertmanager'],
  async run({ rng, folder, long, say }) {
    await using ending = new AsyncDisposableStack();
    const lastsMs = long ? LONG_MS : SHORT_MS;
    const [flapped, { away, kills, told }] = await Promise.all([
      flap({ folder: join(folder, 'flapping'), lastsMs, ending }),
      breakBoth({ folder, lastsMs, chance: rng.uniform(), ending, say }),
    ]);
    say(`flapped ${flapped.times} times in ${seconds(flapped.tookMs)} s: ${flapped.heard.join(', ')}`);
    const expected = [
      ...['cart-1 firing', 'cart-1 resolved', 'cart-2 firing', 'cart-3 firing'],
      ...['cart-4 firing', 'cart-5 firing'],
    ];
    const lost = expected.reduce((sum, one) => sum + Math.max(0, 2 - told.filter((other) => other === one).length), 0);
    const doubled = told.length - (2 * expected.length - lost);
    const { restarts, again } = kills;
    const flaps = ['flapping firing', 'flapping resolved'];
    demand(
      flapped.heard.every((heard) => heard.join() === flaps.join()),
      `what flapped was told as ${flapped.heard.join('; ')}`,
    );
    demand(again >= 1, 'nothing was sent again after a kill: it did not hit between send and mark');
    return {
      broken: `Alertmanager away for ${seconds(away.awayMs)} s, the keeper killed meanwhile; killed ${restarts} times after a receiver had it and before it was marked; beside another one, something flapped ${flapped.times} times in ${seconds(flapped.tookMs)} s`,
      seen: `${away.waited} messages waited on disk; firing again ${(away.backMs / 1000).toFixed(1)} s after it was back, the end told; ${again} messages sent again with their key; outbox empty; what flapped was told once and taken back once`,
      ...{ lost, doubled },
    };
  },
};

interface Break {
  readonly folder: string;
  readonly lastsMs: number;
  readonly chance: number;
  readonly ending: AsyncDisposableStack;
  say(line: string): void;
}

async function breakBoth({ folder, lastsMs, chance, ending, say }: Break) {
  const world = await openWorld(folder, ending);
  const { alertmanager, chat, direct, keeper } = world;
  const away = await whileAway(world, { lastsMs, chance }, say);
  const kills = await killBetween(world, say);
  await waitUntil('nothing to wait any more', async () => (await waiting(keeper)) === 0);
  await tellRound({ alertmanager, chat, direct, keeper }, 'cart-5');
  const isLast = (state: string) => state.startsWith(`${LAST} `);
  return { away, kills, told: [...chat.heard(), ...direct.heard()].filter((state) => !isLast(state)) };
}

const LAST = 'last';

/**
 * Waits until all that fires (`pod` does) was sent to the Alertmanager once more, and until a new alert has gone the whole way
 * after that: whatever the round made it tell twice, it has told by then, for it waits as long with a new one.
 */
async function tellRound(
  { alertmanager, chat, direct, keeper }: Pick<World, 'alertmanager' | 'chat' | 'direct' | 'keeper'>,
  pod?: string,
) {
  const sentMs = async () =>
    Date.parse((await alertmanager.alerts()).find(({ labels }) => labels.pod === pod)?.updatedAt ?? '');
  if (pod !== undefined) {
    const beforeMs = await sentMs();
    await waitUntil('all that fires to be sent again', async () => (await sentMs()) > beforeMs, { timeoutMs: 90_000 });
  }
  await keeper.open(LAST, Date.now());
  await waitUntil('a new alert to be told', () =>
    [chat, direct].every((hook) => hook.heard().includes(`${LAST} firing`)),
  );
}

const OPEN_MS = 2000;
const QUIET_MS = 2000;
/** Longer than it is quiet, and than a busy machine makes of that. */
const HOLD = '20s';

/** Opens and closes a finding for that long, and says what the chat and the webhook heard of it when it was over. */
async function flap({ folder, lastsMs, ending }: Pick<Break, 'folder' | 'lastsMs' | 'ending'>) {
  const receivers = await openReceivers(folder, ending);
  const { alertmanager, chat, direct } = receivers;
  const args = [`--alertmanager=${alertmanager.url}`, `--webhook=${direct.url}`, `--alert-hold=${HOLD}`];
  const keeper = await createTellingKeeper({ folder: join(folder, 'keeper'), args });
  ending.defer(() => keeper.stop());
  await keeper.start();
  const beganMs = performance.now();
  let times = 0;
  for (; performance.now() - beganMs < lastsMs; times++) {
    const finding = await keeper.open('flapping', Date.now());
    await pause(OPEN_MS);
    await keeper.close(finding, Date.now());
    await pause(QUIET_MS);
  }
  const tookMs = performance.now() - beganMs;
  const isOver = (hook: Hook) => hook.heard().includes('flapping resolved');
  await waitUntil('its end to be told', () => isOver(chat) && isOver(direct));
  await tellRound({ alertmanager, chat, direct, keeper });
  const heard = [chat, direct].map((hook) => hook.heard().filter((state) => state.startsWith('flapping ')));
  return { times, tookMs, heard };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

async function openWorld(folder: string, ending: AsyncDisposableStack): Promise<World> {
  const receivers = await openReceivers(folder, ending);
  const relay = await startRelay(receivers.alertmanager.url);
  ending.defer(() => relay.stop());
  const args = [`--alertmanager=${relay.url}`, `--webhook=${receivers.direct.url}`, '--alert-hold=2s'];
  const keeper = await createTellingKeeper({ folder: join(folder, 'keeper'), args });
  ending.defer(() => keeper.stop());
  await keeper.start();
  return { ...receivers, relay, keeper };
}

/** One alert ends while it is away, one begins, one goes on; the keeper dies somewhere in between. */
async function whileAway(
  world: World,
  { lastsMs, chance }: Pick<Break, 'lastsMs' | 'chance'>,
  say: (line: string) => void,
) {
  const { alertmanager, chat, direct, keeper } = world;
  const first = await keeper.open('cart-1', Date.now());
  await keeper.open('cart-2', Date.now());
  const isTold = (hook: Hook, ...states: string[]) => states.every((state) => hook.heard().includes(state));
  await waitUntil('both to fire', () => isTold(chat, 'cart-1 firing', 'cart-2 firing'));
  const before = await startsOf(alertmanager);
  await alertmanager.process.stop();
  const awayMs = performance.now();
  await keeper.close(first, Date.now());
  await keeper.open('cart-3', Date.now());
  await waitUntil('the webhook, which is there, to hear', () => isTold(direct, 'cart-1 resolved', 'cart-3 firing'));
  const waited = await waitUntil('two messages to wait for who is away', async () => {
    const count = await waiting(keeper);
    return count >= 2 && count;
  });
  await pause(chance * (lastsMs / 2));
  await keeper.kill();
  await keeper.start();
  await pause(Math.max(0, lastsMs - (performance.now() - awayMs)));
  await alertmanager.process.restart();
  const backMs = performance.now();
  await waitUntil('it to fire again', async () => {
    const now = await startsOf(alertmanager);
    return now.has('cart-2') && now.has('cart-3');
  });
  const tookMs = performance.now() - backMs;
  demand(tookMs <= BACK_MS, `it fired again only after ${tookMs} ms`);
  demand((await startsOf(alertmanager)).get('cart-2') === before.get('cart-2'), 'its start has moved');
  await waitUntil('the end to be told', () => isTold(chat, 'cart-1 resolved', 'cart-3 firing'));
  say(`away for ${seconds(backMs - awayMs)} s, firing again ${(tookMs / 1000).toFixed(1)} s after it was back`);
  return { waited, backMs: tookMs, awayMs: backMs - awayMs };
}

/** The receiver has it, and the keeper dies before it knows. */
async function killBetween({ alertmanager, relay, direct, keeper, chat }: World, say: (line: string) => void) {
  const isOf = (body: string, pod: string) => body.includes(`"pod":"${pod}"`);
  let restarts = 0;
  const killOnce = (pod: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isOver = false;
    const react = async (body: string) => {
      if (isOver || !isOf(body, pod)) return true;
      isOver = true;
      await keeper.kill();
      restarts++;
      resolve();
      return false;
    };
    return { promise, react };
  };
  const byHook = killOnce('cart-4');
  direct.before(({ body }) => byHook.react(body));
  await keeper.open('cart-4', Date.now());
  await byHook.promise;
  await keeper.start();
  await waitUntil('the other to be told', () => chat.heard().includes('cart-4 firing'));
  await waitUntil('the hook to get it again', () => timesSent(direct, 'cart-4') >= 2);
  const byRelay = killOnce('cart-5');
  relay.after(byRelay.react);
  await keeper.open('cart-5', Date.now());
  await byRelay.promise;
  await keeper.start();
  await waitUntil('all to be told', () => [chat, direct].every((hook) => hook.heard().includes('cart-5 firing')));
  const shown = (await alertmanager.alerts()).filter(({ labels }) => labels.pod === 'cart-5').length;
  demand(shown === 1, `the Alertmanager shows it ${shown} times`);
  const again = direct.calls.length - new Set(direct.calls.map(({ idempotencyKey }) => idempotencyKey)).size;
  say(`killed ${restarts} times, ${again} of ${direct.calls.length} requests came again`);
  return { restarts, again };
}

function timesSent(hook: Hook, pod: string): number {
  return hook.calls.filter(({ alerts }) => alerts.some(({ labels }) => labels.pod === pod)).length;
}

/** Starts of those that fire, by pod. */
async function startsOf(alertmanager: Alertmanager): Promise<ReadonlyMap<string, string>> {
  return new Map((await alertmanager.alerts()).map(({ labels, startsAt }) => [labels.pod ?? '', startsAt]));
}

async function waiting(keeper: TellingKeeper): Promise<number> {
  const of = (notifier: string) => keeper.figure(`notify_waiting{notifier="${notifier}"}`);
  return (await of('alertmanager')) + (await of('webhook'));
}

interface Relay {
  readonly url: string;
  /** Called when the Alertmanager has taken a request; its answer goes nowhere when this says false. */
  after(react: (body: string) => Promise<boolean>): void;
  stop(): Promise<void>;
}

/** Stands before the Alertmanager, so that its answer can be lost. */
async function startRelay(target: string): Promise<Relay> {
  let react: ((body: string) => Promise<boolean>) | undefined;
  const pass = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const body = await text(request);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(`${target}${request.url}`, { method: 'POST', body, headers });
    const said = await answer.text();
    if ((await react?.(body)) === false) return void reply.destroy();
    reply.writeHead(answer.status).end(said);
  };
  const server = await startLocalServer((request, reply) => {
    pass(request, reply).catch(() => reply.destroy());
  });
  return {
    ...server,
    after(next) {
      react = next;
    },
  };
}
