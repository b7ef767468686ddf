// Alerts in and out, over a real store: what an Alertmanager sends, what comes back, and what is not let in.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Alert, alertKey } from '#model/alert.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { makeFolder } from '../../../../test/store/parts.ts';
import { createLiveWorld } from '../test-live.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { LABELS } from '../test-world.ts';

const POD = LABELS.cartReads.pod;
const theirs = (part: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'CartDown', severity: 'page', namespace: 'shop', pod: POD },
  annotations: { description: 'The cart is <b>down</b>' },
  startsAt: '2026-05-04T10:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?g0',
  fingerprint: 'f',
  ...part,
});
const bodyOf = (...alerts: object[]) => ({
  version: '4',
  groupKey: '{}',
  receiver: 'tidewatch',
  status: 'firing',
  alerts,
});

let folder: ReturnType<typeof makeFolder>;
let store: Awaited<ReturnType<typeof openEmbeddedStore>>;
let served: TestServer;
const open = async () => {
  store = await openEmbeddedStore({ folder: folder.path, readers: 1 });
  served = await serveWorld({ ...createLiveWorld(), alerts: store.alerts });
};
const close = async () => {
  await served.server.close();
  await store.close();
};
// One store for all: opening one takes longer than what is tested.
beforeAll(async () => {
  folder = makeFolder();
  await open();
}, 120_000);
beforeEach(() => store.clear(), 120_000);
afterAll(async () => {
  await close();
  folder[Symbol.dispose]();
}, 120_000);

async function send(payload: object | string, headers: Record<string, string> = {}) {
  const reply = await served.server.inject({
    ...{ method: 'POST', url: '/api/alerts/alertmanager' },
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
  return { status: reply.statusCode, json: reply.json() };
}

test('what an Alertmanager sends is shown, also after a restart, until it is resolved', async () => {
  expect(await send(bodyOf(theirs()))).toEqual({ status: 200, json: { heard: 1, own: 0, leftEarly: 0 } });
  // Sent again, as Alertmanagers do.
  await send(bodyOf(theirs()));
  await close();
  await open();
  const { alerts } = await served.get('alerts');
  expect(alerts).toMatchObject([
    {
      ...{ source: 'alertmanager', name: 'CartDown', severity: 'page', summary: 'The cart is <b>down</b>' },
      ...{ entity: { kind: 'pod', namespace: 'shop', name: POD }, link: 'http://prometheus/graph?g0' },
      startsMs: Date.parse('2026-05-04T10:00:00.123Z'),
    },
  ]);
  await send(bodyOf(theirs({ status: 'resolved', endsAt: '2026-05-04T11:00:00Z' })));
  expect((await served.get('alerts')).alerts).toEqual([]);
});

test('it is beside the pod that its labels name, and beside the pod’s service', async () => {
  await send(bodyOf(theirs(), theirs({ labels: { alertname: 'Other' } })));
  const names = async (entity: string) => (await served.get('alerts', { entity })).alerts.map(({ name }) => name);
  expect(await names(`pod/shop/${POD}`)).toEqual(['CartDown']);
  expect(await names('service/shop/cart')).toEqual(['CartDown']);
  expect(await names('service/shop/frontend')).toEqual([]);
  expect((await served.get('alerts')).alerts).toHaveLength(2);
});

test('ours that come back are ours, once', async () => {
  const labels = { alertname: 'TidewatchFinding', pod: POD };
  const own: Alert = {
    ...{ key: alertKey(labels), source: 'own', state: 'firing', labels, annotations: {}, link: '/findings/f' },
    ...{ startsMs: 1, updatedMs: 1 },
  };
  await store.alerts.commit({ put: [own], forget: [], tell: [], nowMs: 1 });
  expect((await send(bodyOf(theirs({ labels }), theirs()))).json).toEqual({ heard: 1, own: 1, leftEarly: 0 });
  const { alerts } = await served.get('alerts');
  expect(alerts.map(({ source, link }) => [source, link])).toEqual([
    ['alertmanager', 'http://prometheus/graph?g0'],
    ['own', '/findings/f'],
  ]);
});

test('what fired and was not heard of for a day is not shown', async () => {
  await send(bodyOf(theirs()));
  await served.clock.advance(25 * 3_600_000);
  expect((await served.get('alerts')).alerts).toEqual([]);
});

test('only an http address becomes a link', async () => {
  await send(bodyOf(theirs({ generatorURL: 'javascript:alert(1)' })));
  expect((await served.get('alerts')).alerts).toMatchObject([{ link: '' }]);
});

test('what is too long or too much of one alert costs no other: it is cut or left out, and stays another alert', async () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, '']));
  const odd = (last: string) => theirs({ labels: { alertname: 'Odd', ...many, long: `${'x'.repeat(2000)}${last}` } });
  expect((await send(bodyOf(odd('a'), odd('b')))).json).toEqual({ heard: 2, own: 0, leftEarly: 0 });
  const shown = (await served.get('alerts')).alerts;
  expect(shown.map(({ name, labels }) => [name, Object.keys(labels).length])).toEqual([
    ['Odd', 64],
    ['Odd', 64],
  ]);
  const long = theirs({
    labels: { alertname: 'Long', ['n'.repeat(300)]: 'x', text: 'x'.repeat(1025) },
    annotations: { summary: 'x'.repeat(9000) },
    generatorURL: `http://prometheus/graph?g0=${'x'.repeat(3000)}`,
  });
  expect((await send(bodyOf(theirs(), long))).json).toEqual({ heard: 2, own: 0, leftEarly: 0 });
  const { alerts } = await served.get('alerts');
  expect(alerts.find(({ name }) => name === 'Long')).toMatchObject({
    ...{ link: '', summary: `${'x'.repeat(8191)}…` },
    labels: { alertname: 'Long', text: `${'x'.repeat(1023)}…` },
  });
});

test.each([
  ['another version', { ...bodyOf(theirs()), version: '3' }, /version/],
  ['no alerts', { version: '4' }, /alerts/],
  ['a state that there is not', bodyOf(theirs({ status: 'x' })), /alerts\.0\.status/],
  ['a start that is no time', bodyOf(theirs({ startsAt: 'soon' })), /alerts\.0\.startsAt: expected a time/],
  ['a label that is no text', bodyOf(theirs({ labels: { a: 1 } })), /alerts\.0\.labels\.a/],
  ['more than a thousand', bodyOf(...Array.from({ length: 1001 }, () => theirs({ annotations: {} }))), /alerts/],
])('%s is refused, and nothing of it is kept', async (_, body, message) => {
  const { status, json } = await send(body);
  expect([status, json.code]).toEqual([400, 'bad-usage']);
  expect(json.message).toMatch(message);
  expect((await served.get('alerts')).alerts).toEqual([]);
});

test('a large group is taken, more than four mebibytes are not, and neither is a page of another site', async () => {
  const large = Array.from({ length: 500 }, (_, n) =>
    theirs({ labels: { alertname: `A${n}`, text: 'x'.repeat(1000) }, annotations: { text: 'x'.repeat(2000) } }),
  );
  expect((await send(bodyOf(...large))).json).toEqual({ heard: 500, own: 0, leftEarly: 0 });
  const { alerts, leftOut } = await served.get('alerts');
  expect([alerts.length, leftOut]).toEqual([200, 300]);
  expect((await send(JSON.stringify(bodyOf(theirs({ more: 'x'.repeat(4 * 2 ** 20) }))))).json).toEqual({
    ...{ code: 'bad-usage', message: 'the body is longer than 4096 kB' },
  });
  expect(served.server.doorStats().failed).toContainEqual({ path: '/api/alerts/alertmanager', status: 413, count: 1 });
  expect((await send(bodyOf(theirs()), { origin: 'http://evil.example' })).status).toBe(403);
});

test('what finds no room is told to whoever told of it', async () => {
  const full = { ...store.alerts, hear: async () => ({ own: 0, refused: 2, leftEarly: 0 }) };
  const crowded = await serveWorld({ ...createLiveWorld(), alerts: full });
  const reply = await crowded.server.inject({
    ...{ method: 'POST', url: '/api/alerts/alertmanager', payload: bodyOf(theirs(), theirs(), theirs()) },
  });
  expect([reply.statusCode, reply.json().code]).toEqual([503, 'unavailable']);
  expect(reply.json().message).toMatch(/2 new alerts find no room .* the other 1 were taken/);
  await crowded.server.close();
});

test('a recording takes none, and has none', async () => {
  const recorded = await serveWorld();
  const reply = await recorded.server.inject({
    ...{ method: 'POST', url: '/api/alerts/alertmanager', payload: bodyOf(theirs()) },
  });
  expect(reply.statusCode).toBe(404);
  expect((await recorded.get('alerts')).alerts).toEqual([]);
  await recorded.server.close();
});
