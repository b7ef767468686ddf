import { expect, test } from 'vitest';
import { createLog } from '#kit/log.ts';
import type { KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { detectorRecord } from '../../test/fixtures/watching.ts';
import type { DetectorRecord } from './detector-record.ts';
import type { DetectorStatus } from './detector-status.ts';
import { createStatusWriter } from './status-writer.ts';

const status = (given: Partial<DetectorStatus> = {}): DetectorStatus => ({
  state: 'Active',
  monitoredPods: 1,
  anomalousPods: [],
  anomalousPodCount: 0,
  observedGeneration: 1,
  conditions: [],
  ...given,
});

function setUp(
  count: number,
  answer: (target: KubeTarget) => void = () => {},
  rejected?: (key: string, message: string) => void,
) {
  const clock = new FakeClock();
  const records = new Map<string, DetectorRecord>();
  for (let index = 0; index < count; index++) {
    const name = `d${index}`;
    records.set(`n/${name}`, detectorRecord({ uid: `u${index}`, namespace: 'n', name, resourceVersion: '7' }));
  }
  const sent: { atMs: number; name: string; body: { metadata: unknown; status: DetectorStatus } }[] = [];
  let leads = true;
  const client: KubeClient = {
    server: 'fake',
    close: async () => {},
    stream: () => Promise.reject(new Error('unused')),
    async request<T>(_call: unknown, target: KubeTarget, request: KubeRequest = {}) {
      sent.push({ atMs: clock.nowMs(), name: target.name ?? '', body: request.body as never });
      answer(target);
      return undefined as T;
    },
  };
  const writer = createStatusWriter({
    client,
    clock,
    wall: clock,
    random: () => 0,
    log: createLog('silent'),
    mayWrite: () => leads,
    ...(rejected && { rejected }),
    current: (key) => records.get(key),
    written: (key, newest) => {
      const record = records.get(key);
      if (record !== undefined) records.set(key, { ...record, status: newest });
    },
  });
  writer.start();
  return { writer, clock, sent, records, lead: (does: boolean) => (leads = does) };
}

test('writes name the version they were made from, and never come faster than five a second', async () => {
  const { writer, clock, sent } = setUp(50);
  for (let index = 0; index < 50; index++) writer.put(`n/d${index}`, `u${index}`, status());
  await clock.advance(4000);
  expect(sent.length).toBeGreaterThan(15);
  for (const { atMs } of sent)
    expect(sent.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1000).length).toBeLessThanOrEqual(5);
  expect(sent[0]?.body.metadata).toEqual({ uid: 'u0', resourceVersion: '7' });
  await clock.advance(10_000);
  expect(sent).toHaveLength(50);
  await writer.stop();
});

test('only the newest status of a detector is written, and one that says nothing new is not', async () => {
  const { writer, clock, sent } = setUp(1);
  writer.put('n/d0', 'u0', status({ anomalousPodCount: 1 }));
  writer.put('n/d0', 'u0', status({ anomalousPodCount: 2 }));
  await clock.advance(2000);
  expect(sent.map(({ body }) => body.status.anomalousPodCount)).toEqual([2]);
  writer.put('n/d0', 'u0', status({ anomalousPodCount: 2 }));
  await clock.advance(2000);
  expect(sent).toHaveLength(1);
  await writer.stop();
});

test('another score alone is written with the time of its check, and not for itself', async () => {
  const { writer, clock, sent, records } = setUp(2);
  for (const [key, record] of records) {
    records.set(key, { ...record, status: status({ lastCheckTime: 'before', latestScore: 1 }) });
  }
  writer.put('n/d0', 'u0', status({ lastCheckTime: 'before', latestScore: 5 }));
  await clock.advance(2000);
  expect(sent).toHaveLength(0);
  writer.put('n/d0', 'u0', status({ lastCheckTime: 'now', latestScore: 5 }));
  writer.put('n/d1', 'u1', status({ state: 'Error' }));
  await clock.advance(2000);
  // The score that is no more is taken away by name: a merge patch leaves what it does not tell of.
  expect(sent.map(({ name, body }) => [name, body.status.latestScore])).toEqual([
    ['d1', null],
    ['d0', 5],
  ]);
  await writer.stop();
});

test('what was said of its health and is no more is taken away by name', async () => {
  const { writer, clock, sent } = setUp(1);
  const health = { series: 1, warm: '100 %', samplesPerMinute: 120, findingsPerDay: 0 };
  writer.put('n/d0', 'u0', status({ health: { ...health, warm: '0 %', warmTime: 'soon' } }));
  await clock.advance(2000);
  writer.put('n/d0', 'u0', status({ lastCheckTime: 'now', health: { ...health, lastScoreTime: 'now' } }));
  await clock.advance(2000);
  expect(sent.map(({ body }) => body.status.health)).toEqual([
    { ...health, warm: '0 %', warmTime: 'soon', lastScoreTime: null },
    { ...health, warmTime: null, lastScoreTime: 'now' },
  ]);
  await writer.stop();
});

test('a change goes before mere times of checks', async () => {
  const { writer, clock, sent, records } = setUp(3);
  for (const [key, record] of records) records.set(key, { ...record, status: status({ lastCheckTime: 'before' }) });
  writer.put('n/d0', 'u0', status({ lastCheckTime: 'now' }));
  writer.put('n/d1', 'u1', status({ lastCheckTime: 'now' }));
  writer.put('n/d2', 'u2', status({ state: 'Error' }));
  await clock.advance(3000);
  expect(sent.map(({ name }) => name)).toEqual(['d2', 'd0', 'd1']);
  await writer.stop();
});

test('what is refused as stale is written again, and what is gone is let go', async () => {
  let answers = [409, 404];
  const { writer, clock, sent } = setUp(2, () => {
    const [first, ...rest] = answers;
    answers = rest;
    if (first !== undefined) throw Object.assign(new Error('refused'), { status: first });
  });
  writer.put('n/d0', 'u0', status());
  writer.put('n/d1', 'u1', status());
  await clock.advance(10_000);
  expect(sent.map(({ name }) => name)).toEqual(['d0', 'd1', 'd0']);
  expect(writer.stats()).toMatchObject({ conflicts: 1, waiting: 0, writes: 1 });
  await writer.stop();
});

test('a status of an object that was replaced by another of its name is not written', async () => {
  const { writer, clock, sent } = setUp(1);
  writer.put('n/d0', 'another', status());
  await clock.advance(2000);
  expect(sent).toHaveLength(0);
  await writer.stop();
});

test('what waits is not kept by one that leads no more, nor taken by one that stands by', async () => {
  const { writer, clock, sent, lead } = setUp(2);
  await clock.advance(100);
  writer.put('n/d0', 'u0', status());
  lead(false);
  writer.put('n/d1', 'u1', status());
  await clock.advance(3000);
  lead(true);
  await clock.advance(3000);
  expect(sent).toHaveLength(0);
  expect(writer.stats().waiting).toBe(0);
  await writer.stop();
});

const refuseWith = (name: string, given: { status: number; retryAfterMs?: number }) => (target: KubeTarget) => {
  if (target.name === name) throw Object.assign(new Error('refused'), given);
};

test.each([409, 500])('one that is always refused with %i keeps no other from being written', async (code) => {
  const { writer, clock, sent } = setUp(3, refuseWith('d0', { status: code }));
  const names: string[] = [];
  for (let minute = 0; minute < 60; minute++) {
    writer.put('n/d0', 'u0', status({ state: 'Error' }));
    for (const index of [1, 2]) writer.put(`n/d${index}`, `u${index}`, status({ lastCheckTime: `${minute}` }));
    await clock.advance(60_000);
  }
  names.push(...sent.map(({ name }) => name));
  expect(names.filter((name) => name === 'd1')).toHaveLength(60);
  expect(names.filter((name) => name === 'd2')).toHaveLength(60);
  const refused = names.filter((name) => name === 'd0').length;
  expect(refused).toBeGreaterThan(10);
  expect(refused).toBeLessThan(25);
  await writer.stop();
});

test('one that was refused has its turn among any number of others', async () => {
  let isRefusing = true;
  const { writer, clock, sent } = setUp(400, (target) => {
    if (target.name === 'd0' && isRefusing) throw Object.assign(new Error('refused'), { status: 409 });
  });
  writer.put('n/d0', 'u0', status());
  await clock.advance(100);
  isRefusing = false;
  for (let index = 1; index < 400; index++) writer.put(`n/d${index}`, `u${index}`, status());
  await clock.advance(5000);
  expect(sent.filter(({ name }) => name === 'd0')).toHaveLength(2);
  await writer.stop();
});

test('another spec is tried at once, however often the last was refused', async () => {
  const { writer, clock, sent } = setUp(1, refuseWith('d0', { status: 422 }));
  writer.put('n/d0', 'u0', status());
  await clock.advance(600_000);
  const before = sent.length;
  writer.put('n/d0', 'u0', status({ observedGeneration: 2 }));
  await clock.advance(1000);
  expect(sent).toHaveLength(before + 1);
  await writer.stop();
});

test('a server that asks to be left alone is, by all', async () => {
  const { writer, clock, sent } = setUp(300, () => {
    throw Object.assign(new Error('slow down'), { status: 429, retryAfterMs: 20_000 });
  });
  for (let index = 0; index < 300; index++) writer.put(`n/d${index}`, `u${index}`, status());
  await clock.advance(60_000);
  expect(sent.length).toBeLessThanOrEqual(4);
  await writer.stop();
});

test('a server in trouble is tried less and less, and everything is written when it is back', async () => {
  let isDown = true;
  const { writer, clock, sent } = setUp(300, () => {
    if (isDown) throw Object.assign(new Error('no answer'), { status: 0 });
  });
  for (let index = 0; index < 300; index++) writer.put(`n/d${index}`, `u${index}`, status());
  await clock.advance(60_000);
  expect(sent.length).toBeLessThan(20);
  isDown = false;
  await clock.advance(120_000);
  expect(writer.stats()).toMatchObject({ writes: 300, waiting: 0 });
  await writer.stop();
});

test('a change that is taken back before it was written is not written', async () => {
  const { writer, clock, sent, records } = setUp(2);
  for (const [key, record] of records) records.set(key, { ...record, status: status({ state: 'NoPodsFound' }) });
  writer.put('n/d1', 'u1', status());
  writer.put('n/d0', 'u0', status({ state: 'AwaitingMetrics' }));
  writer.put('n/d0', 'u0', status({ state: 'NoPodsFound' }));
  await clock.advance(3000);
  expect(sent.map(({ name }) => name)).toEqual(['d1']);
  await writer.stop();
});

test('one that is taken back while it is being written is written again', async () => {
  const { writer, clock, sent, records } = setUp(1, () => {
    if (sent.length === 1) writer.put('n/d0', 'u0', status({ state: 'NoPodsFound' }));
  });
  for (const [key, record] of records) records.set(key, { ...record, status: status({ state: 'NoPodsFound' }) });
  writer.put('n/d0', 'u0', status({ state: 'AwaitingMetrics' }));
  await clock.advance(3000);
  expect(sent.map(({ body }) => body.status.state)).toEqual(['AwaitingMetrics', 'NoPodsFound']);
  await writer.stop();
});

test('what is gone costs no time', async () => {
  const { writer, clock, sent, records } = setUp(1001);
  for (let index = 0; index < 1001; index++) writer.put(`n/d${index}`, `u${index}`, status());
  for (let index = 0; index < 1000; index++) records.delete(`n/d${index}`);
  await clock.advance(1000);
  expect(sent.map(({ name }) => name)).toEqual(['d1000']);
  await writer.stop();
});

/** As a webhook or a policy says no. */
const DENIED = { status: 422, message: 'admission webhook "x" denied the request: not like this' };

test('what is refused for what it says is not sent again as it is, and three alike end it until the detector changes', async () => {
  const rejected: string[] = [];
  const { writer, clock, sent } = setUp(2, refuseWith('d0', DENIED), (key, message) =>
    rejected.push(`${key} ${message}`),
  );
  const own = () => sent.filter(({ name }) => name === 'd0').length;
  writer.put('n/d0', 'u0', status({ state: 'Error' }));
  await clock.advance(3_600_000);
  expect(own()).toBe(1);
  for (let minute = 0; minute < 60; minute++) {
    writer.put('n/d0', 'u0', status({ lastCheckTime: `${minute}` }));
    await clock.advance(60_000);
  }
  // And once more, in the hope that this much is taken.
  expect(own()).toBe(4);
  const { status: told } = sent.filter(({ name }) => name === 'd0').at(-1)?.body ?? {};
  expect(told).toEqual({
    conditions: [expect.objectContaining({ type: 'Rejected', message: expect.stringContaining(DENIED.message) })],
  });
  expect(rejected).toEqual([`n/d0 ${DENIED.message}`]);
  expect(writer.stats()).toMatchObject({ rejected: 1 });
  writer.put('n/d0', 'u0', status({ observedGeneration: 2 }));
  await clock.advance(10_000);
  expect(own()).toBe(5);
  await writer.stop();
});

test('of one that is gone nothing is kept, whatever was refused of it', async () => {
  const { writer, clock, sent } = setUp(1, () => {
    throw Object.assign(new Error('no'), { status: 422 });
  });
  for (const monitoredPods of [2, 3, 4]) {
    writer.put('n/d0', 'u0', status({ monitoredPods }));
    await clock.advance(600_000);
  }
  expect(writer.stats()).toMatchObject({ waiting: 0, rejected: 1 });
  const before = sent.length;
  writer.put('n/d0', 'u0', status({ monitoredPods: 5 }));
  await clock.advance(600_000);
  expect(sent).toHaveLength(before);
  writer.forget('n/d0');
  writer.put('n/d0', 'u0', status({ monitoredPods: 5 }));
  await clock.advance(600_000);
  expect(sent).toHaveLength(before + 1);
  await writer.stop();
});

test('a status that goes back to what is stored, and away from it again, ends nothing of that', async () => {
  const { writer, clock, sent, records } = setUp(1, refuseWith('d0', DENIED));
  const stored = status({ state: 'NoPodsFound' });
  for (const [key, record] of records) records.set(key, { ...record, status: stored });
  for (let minute = 0; minute < 60; minute++) {
    writer.put('n/d0', 'u0', minute % 2 === 0 ? status({ state: 'Error' }) : stored);
    await clock.advance(60_000);
  }
  // And once the condition that says so.
  const told = () => sent.filter(({ body }) => body.status.state === 'Error').length;
  expect([told(), sent.length]).toEqual([3, 4]);
  expect(writer.stats()).toMatchObject({ rejected: 1 });
  // Another object of the name has done nothing yet.
  const [record] = records.values();
  if (record !== undefined) records.set('n/d0', { ...record, uid: 'other' });
  writer.put('n/d0', 'other', status({ state: 'Error' }));
  await clock.advance(10_000);
  expect(told()).toBe(4);
  await writer.stop();
});

test('a right that is missing, a conflict and an ailing server are no refusals', async () => {
  const missing = { status: 403, message: 'User "x" cannot patch resource "anomalydetectors/status" in API group "y"' };
  for (const error of [missing, { status: 409 }, { status: 503 }]) {
    const { writer, clock, sent } = setUp(1, refuseWith('d0', error));
    for (let minute = 0; minute < 60; minute++) {
      writer.put('n/d0', 'u0', status({ state: 'Error' }));
      await clock.advance(60_000);
    }
    expect(sent.length).toBeGreaterThan(10);
    expect(writer.stats().rejected).toBe(0);
    await writer.stop();
  }
});
