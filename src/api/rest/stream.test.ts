import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReplaySchema } from './contract.ts';
import { MOST_CLIENTS } from './stream.ts';
import { serveWorld, type TestServer } from './test-server.ts';
import { FAULTS_FROM, findingOf, LABELS, MINUTE } from './test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
let served: TestServer;
let url: string;

beforeEach(async () => {
  served = await serveWorld();
  ({ url } = await served.server.listen({ host: '127.0.0.1', port: 0 }));
});
afterEach(() => served.server.close());

/** An open stream; `until` resolves when what came so far matches. */
async function open() {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/stream`, { agent: false }, resolve).on('error', reject);
  });
  let text = '';
  const waiting = new Set<() => void>();
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const look of waiting) look();
  });
  response.on('error', () => {});
  const closed = new Promise<void>((resolve) => response.on('close', resolve));
  return {
    response,
    closed,
    until: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
      }),
  };
}

describe('the event stream', () => {
  it('tells where the replay is, at once and each second', async () => {
    const stream = await open();
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers['x-content-type-options']).toBe('nosniff');
    const first = await stream.until(/event: replay\ndata: (.*)\n\n/);
    const state = JSON.parse(/data: (.*)/.exec(first)?.[1] ?? '');
    expect(ReplaySchema.parse(state).nowMs).toBe(NOW);
    served.world.moveTo(NOW + MINUTE);
    await served.clock.advance(1000);
    await stream.until(new RegExp(`event: replay\ndata: .*"nowMs":${NOW + MINUTE}`));
  });

  it('tells when findings changed, and not when they did not', async () => {
    const stream = await open();
    await served.clock.advance(2000);
    served.world.findings = [findingOf(LABELS.call, NOW - MINUTE)];
    served.world.changed();
    await served.clock.advance(2000);
    const text = await stream.until(/event: changed\n[\s\S]*event: replay/);
    expect(text.split('event: changed')).toHaveLength(2);
    expect(text).toContain(`event: changed\ndata: {"nowMs":${NOW}}\n\n`);
  });

  it('tells when what had just ended has not any more, though no finding changed', async () => {
    served.world.findings = [findingOf(LABELS.call, NOW - 9 * MINUTE, NOW - 5 * MINUTE)];
    const stream = await open();
    await served.clock.advance(2000);
    served.world.moveTo(NOW + 5 * MINUTE);
    await served.clock.advance(2000);
    await stream.until(new RegExp(`event: changed\ndata: {"nowMs":${NOW + 5 * MINUTE}}`));
  });

  it('tells of a command at once', async () => {
    const stream = await open();
    const body = JSON.stringify({ action: 'jump', toMs: NOW - MINUTE });
    const reply = await fetch(`${url}/api/replay`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(reply.status).toBe(200);
    await stream.until(new RegExp(`"nowMs":${NOW - MINUTE}`));
  });

  it('sends a comment every fifteen seconds', async () => {
    const stream = await open();
    await served.clock.advance(15_000);
    const text = await stream.until(/: still here\n\n/);
    expect(text.match(/: still here/g)).toHaveLength(1);
  });

  it('forgets a client that went away', async () => {
    const stream = await open();
    expect(served.server.doorStats().stream).toEqual({ clients: 1, dropped: 0, refused: 0 });
    stream.response.destroy();
    await expect.poll(() => served.server.doorStats().stream.clients).toBe(0);
  });

  it('lets a client go that does not read, and counts it', async () => {
    const slow = await open();
    slow.response.pause();
    served.world.state = { ...served.world.state, message: 'x'.repeat(200_000) };
    await expect
      .poll(async () => {
        await served.clock.advance(20_000);
        return served.server.doorStats().stream;
      })
      .toMatchObject({ clients: 0, dropped: 1 });
    expect(served.log.lines[0]?.text).toContain('does not read');
    slow.response.destroy();
  });

  it('turns away who is too many, and counts it', async () => {
    await Promise.all(Array.from({ length: MOST_CLIENTS }, open));
    const reply = await fetch(`${url}/api/stream`);
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({ code: 'unavailable' });
    expect(served.server.doorStats().stream).toEqual({ clients: MOST_CLIENTS, dropped: 0, refused: 1 });
  });

  it('goes on when the store fails for a while', async () => {
    const stream = await open();
    await served.clock.advance(1000);
    served.world.broken = new Error('away');
    served.world.changed();
    await served.clock.advance(2000);
    expect(served.log.lines.some(({ level }) => level === 'error')).toBe(true);
    served.world.broken = undefined;
    served.world.findings = [findingOf(LABELS.call, NOW - MINUTE)];
    served.world.changed();
    await served.clock.advance(2000);
    await stream.until(/event: changed/);
  });

  it('ends for all when the server closes', async () => {
    const streams = await Promise.all([open(), open()]);
    await served.server.close();
    await Promise.all(streams.map(({ closed }) => closed));
    expect(served.server.doorStats().stream.clients).toBe(0);
  });
});
