// Alerts in the real store: what changed waits for them, a commit is whole, and all of it survives a restart.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Alert, alertKey } from '#model/alert.ts';
import { makeBatch, makeFinding, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import { DATABASE_FILE } from './database.ts';
import { openEmbeddedStore } from './index.ts';

const open = (folder: string, alerts = true) => openEmbeddedStore({ folder, alerts });
const alertOf = (pod: string, part: Partial<Alert> = {}): Alert => {
  const labels = { alertname: 'A', pod };
  return {
    ...{ key: alertKey(labels), source: 'own', state: 'firing', labels, annotations: { seen: 'NaN' }, link: '/x' },
    ...{ startsMs: T0, updatedMs: T0 },
    ...part,
  };
};
const nothing = { put: [], forget: [], tell: [], nowMs: T0 };

test('a finding that changed waits once, as it now is, until it is committed', async () => {
  using folder = makeFolder();
  const { append, alerts, close } = await open(folder.path);
  expect(await alerts.changes()).toBeUndefined();
  await append(makeBatch('a', { findings: [makeFinding('f'), makeFinding('g')] }));
  const first = await alerts.changes();
  expect(first?.findings.map(({ id }) => id)).toEqual(['f', 'g']);
  // It changes while alerts are made of it: that is another change.
  await append(makeBatch('b', { findings: [makeFinding('f', { closedMs: T0 + 1000 })] }));
  await alerts.commit({ ...nothing, handled: first?.number ?? 0 });
  const second = await alerts.changes();
  expect(second?.findings).toMatchObject([{ id: 'f', closedMs: T0 + 1000 }]);
  await alerts.commit({ ...nothing, handled: second?.number ?? 0 });
  expect(await alerts.changes()).toBeUndefined();
  await close();
});

test('without alerts nothing waits', async () => {
  using folder = makeFolder();
  const { append, alerts, close } = await open(folder.path, false);
  await append(makeBatch('a', { findings: [makeFinding('f')] }));
  expect(await alerts.changes()).toBeUndefined();
  await close();
});

test('alerts and messages are there after a restart, in their order and as they were', async () => {
  using folder = makeFolder();
  const before = await open(folder.path);
  const [one, other] = [alertOf('cart-1'), alertOf('cart-2', { state: 'pending' })];
  await before.alerts.commit({
    ...{ ...nothing, put: [one, other] },
    tell: [
      { receiver: 'x', key: one.key },
      { receiver: 'y', key: one.key },
    ],
  });
  const over = { ...one, state: 'resolved' as const, endsMs: T0 + 5, updatedMs: T0 + 5 };
  const tell = [{ receiver: 'x', key: one.key }];
  await before.alerts.commit({ ...nothing, put: [over], forget: [other.key], tell, nowMs: T0 + 5 });
  await before.close();
  const { alerts, close } = await open(folder.path);
  expect(await alerts.alerts(T0)).toEqual([over]);
  expect(await alerts.alerts(T0 + 6)).toEqual([]);
  const { messages, ...rest } = await alerts.messages('x');
  expect(messages.map(({ alert }) => alert)).toEqual([one, over]);
  expect(rest).toEqual({ damaged: [], waiting: 2, oldestMs: T0 });
  await alerts.told('x', [messages[0]?.number ?? 0]);
  expect(await alerts.messages('x')).toMatchObject({ messages: [{ alert: over }], waiting: 1, oldestMs: T0 + 5 });
  expect(await alerts.messages('y')).toMatchObject({ messages: [{ alert: one }] });
  expect(await alerts.messages('nobody')).toEqual({ messages: [], damaged: [], waiting: 0 });
  await close();
});

test('a commit that cannot be is not at all', async () => {
  using folder = makeFolder();
  const { append, alerts, close } = await open(folder.path);
  await append(makeBatch('a', { findings: [makeFinding('f')] }));
  const number = (await alerts.changes())?.number ?? 0;
  const tell = [{ receiver: 'x', key: 'none' }];
  await expect(alerts.commit({ ...nothing, handled: number, put: [alertOf('cart-1')], tell })).rejects.toMatchObject({
    code: 'internal',
  });
  expect((await alerts.changes())?.findings).toHaveLength(1);
  expect(await alerts.alerts(0)).toEqual([]);
  await close();
});

test('what others say is kept, and what is ours stays ours', async () => {
  using folder = makeFolder();
  const { alerts, close } = await open(folder.path);
  const own = alertOf('cart-1');
  await alerts.commit({ ...nothing, put: [own] });
  const back = { ...own, source: 'alertmanager' as const, annotations: {}, updatedMs: T0 + 9 };
  const theirs = alertOf('cart-2', { source: 'alertmanager' });
  expect(await alerts.hear([back, theirs])).toEqual({ own: 1, refused: 0, leftEarly: 0 });
  expect(await alerts.alerts(0)).toEqual([own, theirs]);
  const over = { ...theirs, state: 'resolved' as const, endsMs: T0 + 9, updatedMs: T0 + 9 };
  await alerts.hear([over]);
  expect(await alerts.alerts(0)).toEqual([own, over]);
  await close();
});

test('of others twenty thousand have room: what is over leaves first, and what fires is kept or refused', async () => {
  using folder = makeFolder();
  const { alerts, close } = await open(folder.path);
  const theirs = (index: number, part: Partial<Alert> = {}) =>
    alertOf(`p-${index}`, { source: 'alertmanager', ...part });
  const over = (index: number) => theirs(index, { state: 'resolved', endsMs: T0 + index, updatedMs: T0 + index });
  const many = (from: number, to: number, of: (index: number) => Alert) =>
    Array.from({ length: to - from }, (_, at) => of(from + at));
  const podsOf = async (state: Alert['state']) =>
    (await alerts.alerts(0)).flatMap((alert) => (alert.state === state ? [alert.labels.pod] : []));
  const none = { own: 0, refused: 0, leftEarly: 0 };
  // Full of what fires: one more finds no room, which is said; what is known and what is over is taken.
  expect(await alerts.hear(many(0, 20_000, theirs))).toEqual(none);
  expect(await alerts.hear([theirs(20_000), theirs(7)])).toEqual({ ...none, refused: 1 });
  expect(await podsOf('firing')).toHaveLength(20_000);
  // What is over makes room for as many, also in the same breath, and leaves for them, the oldest first.
  expect(await alerts.hear([theirs(20_000), theirs(20_001), over(3), over(2), over(1)])).toEqual({
    ...none,
    leftEarly: 2,
  });
  expect(await podsOf('firing')).toHaveLength(19_999);
  expect(await podsOf('firing')).toEqual(expect.arrayContaining(['p-20000', 'p-20001']));
  expect(await podsOf('resolved')).toEqual(['p-3']);
  // All of it is over: the room is that of what fires anew, not in a day.
  expect(await alerts.hear(many(0, 20_002, over))).toMatchObject({ refused: 0, leftEarly: 2 });
  expect(await alerts.hear(many(30_000, 50_000, theirs))).toEqual({ ...none, leftEarly: 20_000 });
  expect(await podsOf('resolved')).toEqual([]);
  await close();
}, 60_000);

test('ours take none of the room of others', async () => {
  using folder = makeFolder();
  const { alerts, close } = await open(folder.path);
  await alerts.commit({ ...nothing, put: [alertOf('own')] });
  const theirs = Array.from({ length: 20_000 }, (_, index) => alertOf(`p-${index}`, { source: 'alertmanager' }));
  expect(await alerts.hear(theirs)).toEqual({ own: 0, refused: 0, leftEarly: 0 });
  expect((await alerts.alerts(0)).filter(({ source }) => source === 'own')).toHaveLength(1);
  await close();
}, 60_000);

test('ten thousand messages wait at most, and the oldest go', async () => {
  using folder = makeFolder();
  const { alerts, close } = await open(folder.path);
  const put = Array.from({ length: 10_003 }, (_, index) => alertOf(`cart-${index}`));
  const tell = put.map(({ key }) => ({ receiver: 'x', key }));
  expect(await alerts.commit({ ...nothing, put, tell })).toBe(3);
  const { messages, waiting } = await alerts.messages('x');
  expect(waiting).toBe(10_000);
  expect(messages[0]?.alert.labels.pod).toBe('cart-3');
  await close();
});

test('what ended long ago goes with all else, and what fires stays', async () => {
  using folder = makeFolder();
  const { alerts, retain, close } = await open(folder.path);
  const firing = alertOf('cart-1');
  const over = alertOf('cart-2', { state: 'resolved', endsMs: T0 });
  await alerts.commit({ ...nothing, put: [firing, over], tell: [{ receiver: 'x', key: over.key }] });
  await retain(T0 + 1);
  expect(await alerts.alerts(0)).toEqual([firing]);
  expect((await alerts.messages('x')).waiting).toBe(0);
  await close();
});

test('a damaged message is named, and holds up no other', async () => {
  using folder = makeFolder();
  const { alerts, close } = await open(folder.path);
  const put = [alertOf('cart-1'), alertOf('cart-2')];
  await alerts.commit({ ...nothing, put, tell: put.map(({ key }) => ({ receiver: 'x', key })) });
  using db = new DatabaseSync(join(folder.path, DATABASE_FILE));
  db.exec("UPDATE alert_messages SET json = replace(json, 'cart-1', 'cart-9')");
  db.exec("UPDATE alerts SET json = replace(json, 'cart-1', 'cart-9')");
  const { messages, damaged } = await alerts.messages('x');
  expect([messages.map(({ alert }) => alert.labels.pod), damaged]).toEqual([['cart-2'], [1]]);
  expect(await alerts.alerts(0)).toHaveLength(1);
  await close();
});
