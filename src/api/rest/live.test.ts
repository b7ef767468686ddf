// What every door says of a live cluster, where it differs from a replay.
import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { liveState } from './live-state.ts';
import { AWAY, createLiveWorld, LIVE_NOW, liveFacts } from './test-live.ts';
import { serveWorld, type TestServer } from './test-server.ts';
import { findingOf, LABELS, MINUTE } from './test-world.ts';

let served: TestServer | undefined;
afterEach(() => served?.server.close());

async function serveLive(change: Parameters<typeof createLiveWorld>[0] = {}, more = {}): Promise<TestServer> {
  served = await serveWorld({ ...createLiveWorld(change), ...more });
  return served;
}

describe('a live cluster', () => {
  it('cannot be steered, and says so', async () => {
    const { server, world } = await serveLive();
    const response = await server.inject({ method: 'POST', url: '/api/replay', payload: { action: 'pause' } });
    expect([response.statusCode, response.json().code]).toEqual([409, 'conflict']);
    expect(response.json().message).toContain('live cluster');
    expect(world.commands).toEqual([]);
  });

  it('has no answer key, and says so', async () => {
    const { refused } = await serveLive();
    expect(await refused('/api/answer-key')).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('is learning while it is warmed from history, and not by how long it ran', async () => {
    const { get: read, world } = await serveLive({ state: 'warming', progress: 0.4 });
    expect((await read('overview')).warmingUp).toBe(true);
    world.state = liveState(liveFacts({ nowMs: LIVE_NOW + 1000 }));
    expect((await read('overview')).warmingUp).toBe(false);
    expect((await read('replay')).live).toMatchObject({ cluster: 'kind-shop', behindMs: 13_000, troubles: [] });
  });

  it('leaves out of the strip what ended before it begins', async () => {
    const { get: read, world } = await serveLive();
    const long = 200 * MINUTE;
    world.findings = [
      findingOf(LABELS.call, LIVE_NOW - long, LIVE_NOW - long + 5 * MINUTE),
      findingOf(LABELS.cartLatency, LIVE_NOW - long, LIVE_NOW - MINUTE),
      findingOf(LABELS.frontCpu, LIVE_NOW - long),
    ];
    const { findings, fromMs, toMs } = await read('timeline');
    expect([fromMs, toMs]).toEqual([LIVE_NOW - 90 * MINUTE, LIVE_NOW]);
    expect(findings.map(({ metric }) => metric).sort()).toEqual(['pod_cpu_usage_cores', 'pod_server_latency_seconds']);
  });
});

describe('health of a live cluster', () => {
  it('names what blocks it, since when, and what to do', async () => {
    const live = { ...liveFacts().live, troubles: [{ ...AWAY, blocking: false }, AWAY] };
    const { server } = await serveLive({ live });
    const response = await server.inject({ url: '/readyz' });
    expect([response.statusCode, response.json().message]).toEqual([
      503,
      `${AWAY.what}, since ${new Date(AWAY.sinceMs).toISOString()}: ${AWAY.remedy}`,
    ]);
  });

  it('is ready beside troubles that do not block', async () => {
    const { server } = await serveLive({ live: { ...liveFacts().live, troubles: [{ ...AWAY, blocking: false }] } });
    const response = await server.inject({ url: '/readyz' });
    expect(response.statusCode).toBe(200);
    expect(response.json().notes).toEqual([expect.stringContaining(AWAY.what)]);
  });

  it('gives out its own metrics when there are some', async () => {
    const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'tidewatch_up 1\n' });
    const { server } = await serveLive({}, { metrics });
    const response = await server.inject({ url: '/metrics', headers: { accept: 'text/html' } });
    expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
      200,
      'text/plain; version=0.0.4',
      'tidewatch_up 1\n',
    ]);
  });

  it('has no address for metrics when there are none, not even for a browser', async () => {
    const { server } = await serveLive();
    expect((await server.inject({ url: '/metrics', headers: { accept: 'text/html' } })).statusCode).toBe(404);
  });
});

it('tells pages of new samples every fifteen seconds, and not while none come', async () => {
  const { server, clock, world } = await serveLive();
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const response = await new Promise<IncomingMessage>((resolve) => get(`${url}/api/stream`, { agent: false }, resolve));
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const count = (event: string): number => text.split(`event: ${event}\n`).length - 1;
  await expect.poll(() => count('replay')).toBe(1);
  await clock.advance(20_000);
  await expect.poll(() => count('replay')).toBe(21);
  expect(count('changed')).toBe(0);
  world.state = liveState(liveFacts({ nowMs: LIVE_NOW + 20_000, newestMs: LIVE_NOW + 18_000 }));
  await clock.advance(20_000);
  await expect.poll(() => count('replay')).toBe(41);
  expect(count('changed')).toBe(1);
});
