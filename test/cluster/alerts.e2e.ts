// A finding that somebody is to be told of, through a keeper as a process, to a real Alertmanager and to a webhook.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hook, startHook } from '../alerts/hook.ts';
import { openReceivers, type Receivers } from '../alerts/receivers.ts';
import { createTellingKeeper, type TellingKeeper } from '../alerts/telling-keeper.ts';
import { createCheck } from '../e2e/check.ts';
import { createFastClock } from '../fixtures/fast-clock.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface AlertTests {
  readonly folder: string;
  readonly report: (name: string, error?: Error) => void;
}

interface Told extends Receivers {
  readonly keeper: TellingKeeper;
}

const TESTS: Readonly<Record<string, (told: Told) => Promise<void>>> = {
  'it is shown, with a start that does not move': showFinding,
  'its end arrives': tellEnd,
};

export async function run({ folder, report }: AlertTests): Promise<void> {
  const check = createCheck((name, error) => report(`alerts: ${name}`, error));
  await using ending = new AsyncDisposableStack();
  const receivers = await openReceivers(folder, ending);
  const { alertmanager, direct } = receivers;
  const args = [`--alertmanager=${alertmanager.url}`, `--webhook=${direct.url}`, '--alert-hold=2s'];
  const keeper = await createTellingKeeper({ folder: join(folder, 'keeper'), args });
  ending.defer(() => keeper.stop());
  await keeper.start();
  for (const [name, test] of Object.entries(TESTS)) {
    await check(name, () => test({ ...receivers, keeper }));
  }
  await check('what flaps for ten minutes is told once and taken back once', () => flap(join(folder, 'flapping')));
}

async function showFinding({ alertmanager, keeper, chat, direct }: Told): Promise<void> {
  const atMs = Date.now();
  await keeper.open('cart-1', atMs);
  const of = async () => (await alertmanager.alerts()).find(({ labels }) => labels.pod === 'cart-1');
  const first = await waitUntil('the alert', of);
  expectSame(first.startsAt, new Date(atMs).toISOString());
  expectSame(first.labels, {
    ...{ alertname: 'TidewatchFinding', detector: 'd', metric: 'cpu_usage', namespace: 'shop', pod: 'cart-1' },
    ...{ severity: 'critical', team: 'shop' },
  });
  expectSame(first.generatorURL, `${keeper.page}/findings/cart-1-${atMs}`);
  const ahead = Date.parse(first.endsAt) - Date.now();
  if (ahead < 60_000) throw new Error(`it ends in ${ahead} ms unless it is sent again`);
  const again = await waitUntil('it to be sent again', async () => {
    const now = await of();
    return now !== undefined && now.updatedAt !== first.updatedAt && now;
  });
  expectSame([again.startsAt, again.labels], [first.startsAt, first.labels]);
  const waitedMs = Date.parse(again.updatedAt) - Date.parse(first.updatedAt);
  if (waitedMs > 60_000) throw new Error(`it was sent again only after ${waitedMs} ms`);
  expectSame([chat.heard(), direct.heard()], [['cart-1 firing'], ['cart-1 firing']]);
}

async function tellEnd({ alertmanager, chat, direct, keeper }: Told): Promise<void> {
  const finding = await keeper.open('cart-2', Date.now());
  await waitUntil('the alert', async () => (await alertmanager.alerts()).some(({ labels }) => labels.pod === 'cart-2'));
  // One that is over before an Alertmanager has told of it is never told of.
  const fires = (hook: Hook) => hook.heard().includes('cart-2 firing');
  await waitUntil('both to hear of it', () => fires(chat) && fires(direct));
  const atMs = Date.now();
  await keeper.close(finding, atMs);
  const isOver = (hook: Hook) => hook.heard().includes('cart-2 resolved');
  await waitUntil('both to hear of its end', () => isOver(chat) && isOver(direct));
  const shown = (await alertmanager.alerts()).map(({ labels }) => labels.pod);
  expectSame(shown, ['cart-1']);
  const told = direct.calls.flatMap(({ alerts }) => alerts).findLast(({ labels }) => labels.pod === 'cart-2');
  expectSame(told?.endsAt, new Date(atMs).toISOString());
  await waitUntil(
    'nothing to wait any more',
    async () => (await keeper.figure('notify_waiting{notifier="webhook"}')) === 0,
  );
}

/** On a clock twenty times as fast as ours, which no Alertmanager has: a webhook alone, with the hold as shipped. */
async function flap(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const MINUTE_MS = 60_000;
  const startMs = Date.now();
  const clock = createFastClock(folder, { startMs, endMs: startMs + 24 * 60 * MINUTE_MS, speed: 20 });
  await using ending = new AsyncDisposableStack();
  const hook = await startHook();
  ending.defer(() => hook.stop());
  const keeper = await createTellingKeeper({ folder, args: [`--webhook=${hook.url}`], env: clock.env });
  ending.defer(() => keeper.stop());
  await keeper.start();
  await clock.letGo();
  let flaps = 0;
  const twentySeconds = async () => {
    const untilMs = clock.nowMs() + 20_000;
    await waitUntil('twenty seconds to pass', () => clock.nowMs() >= untilMs, { everyMs: 10 });
  };
  // Twenty seconds open, twenty seconds not.
  let overMs = startMs;
  for (; flaps < 10 || clock.nowMs() < startMs + 10 * MINUTE_MS; flaps++) {
    const finding = await keeper.open('cart-1', clock.nowMs());
    await twentySeconds();
    overMs = clock.nowMs();
    await keeper.close(finding, overMs);
    await twentySeconds();
  }
  await waitUntil('its end', () => hook.heard().includes('cart-1 resolved'), { timeoutMs: 120_000 });
  const heldMs = clock.nowMs() - overMs;
  if (heldMs < 9 * MINUTE_MS) throw new Error(`it was over after ${heldMs} ms`);
  await waitUntil('nothing to be left that could be told', async () => {
    const names = ['alerts_firing', 'alerts_pending', 'notify_waiting{notifier="webhook"}'];
    const figures = await Promise.all(names.map((name) => keeper.figure(name)));
    return figures.every((figure) => figure === 0);
  });
  expectSame(hook.heard(), ['cart-1 firing', 'cart-1 resolved']);
}

function expectSame(got: unknown, expected: unknown): void {
  const sorted = (value: unknown) =>
    JSON.stringify(value, (_, part) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    );
  if (sorted(got) !== sorted(expected)) throw new Error(`expected ${sorted(expected)}, got ${sorted(got)}`);
}
