import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { ErrorSchema, HealthSchema } from './contract.ts';
import { serveWorld, type TestServer } from './test-server.ts';
import { createWorld } from './test-world.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function serve(options: Parameters<typeof serveWorld>[0] = {}): Promise<TestServer> {
  const served = await serveWorld(options);
  open.push(served.server);
  return served;
}

/** A folder like a built page. */
function pageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-page-'));
  open.push({ close: () => rmSync(folder, { recursive: true }) });
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<html data-mode="__MODE__"><meta name="csp-nonce" content="__NONCE__"><style nonce="__NONCE__"></style>',
  );
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'run()');
  writeFileSync(join(folder, 'boot.js'), 'boot()');
  writeFileSync(join(folder, '.secret'), 'secret');
  return folder;
}

/** A request with headers that fetch would not let us set. */
function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {},
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { method = 'GET', headers = {}, body, agent = false } = options;
    const sent = request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject).end(body);
  });
}

describe('the API', () => {
  it('takes a command, and says what is wrong with one that is none', async () => {
    const { server, world } = await serve();
    const post = (payload: unknown) =>
      server.inject({ method: 'POST', url: '/api/replay', payload: payload as object });
    expect((await post({ action: 'speed', speed: 'max' })).statusCode).toBe(200);
    expect(world.commands).toEqual([{ action: 'speed', speed: 'max' }]);
    const bad: [unknown, string][] = [
      [{ action: 'rewind' }, 'body: action: '],
      [{ action: 'speed', speed: 0 }, 'body: speed: '],
      [{ action: 'jump' }, 'body: toMs: expected number, it is missing'],
      [{ action: 'jump', toMs: 5 }, 'toMs: the tape goes from'],
      [[], 'body: '],
      [{ action: 'play', sped: 3 }, 'body: unknown field "sped"; known: action'],
      [{ action: 'speed', speed: 2, sped: 3 }, 'body: unknown field "sped"; did you mean "speed"?'],
    ];
    for (const [payload, message] of bad) {
      const response = await post(payload);
      expect(response.statusCode).toBe(400);
      const error = ErrorSchema.strict().parse(response.json());
      expect(error.code).toBe('bad-usage');
      expect(error.message).toContain(message);
    }
    expect(world.commands).toHaveLength(1);
  });

  it.each([
    ['a body of another type', { 'content-type': 'text/plain' }, '{"action":"play"}', 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'action=play', 415],
    ['a body that is no JSON', { 'content-type': 'application/json' }, '{', 400],
    ['no body', { 'content-type': 'application/json' }, '', 400],
    ['a body that is too long', { 'content-type': 'application/json' }, `"${'x'.repeat(70_000)}"`, 413],
    ['a body that would change a prototype', { 'content-type': 'application/json' }, '{"__proto__":{"a":1}}', 400],
  ])('refuses %s', async (_, headers, payload, status) => {
    const { server } = await serve();
    const response = await server.inject({ method: 'POST', url: '/api/replay', headers, payload });
    expect(response.statusCode).toBe(status);
    expect(ErrorSchema.strict().parse(response.json()).message).not.toBe('');
  });

  it.each([
    ['a typo', '/api/overvew', 'did you mean /api/overview?'],
    ['what is not there', '/api/zzzzzzzzzzzzzzzzzz', '/api/openapi.json'],
  ])('answers %s with a hint, as JSON, even to a browser', async (_, url, hint) => {
    const { server } = await serve({ webFolder: pageFolder() });
    const response = await server.inject({ url, headers: { accept: 'text/html' } });
    expect(response.statusCode).toBe(404);
    expect(ErrorSchema.strict().parse(response.json())).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(hint),
    });
  });

  it.each([
    ['/api/overview?x=1', 'query: unknown field "x"; none is known here'],
    ['/api/findings?entty=a', 'query: unknown field "entty"; did you mean "entity"?'],
    ['/api/findings?fromMs=', 'query: fromMs: expected number, got ""'],
    ['/api/findings?limit=%20', 'query: limit: expected number, got " "'],
  ])('refuses the query of %s', async (url, message) => {
    const { server } = await serve();
    const response = await server.inject({ url });
    expect(response.statusCode).toBe(400);
    expect(ErrorSchema.strict().parse(response.json())).toEqual({ code: 'bad-usage', message });
  });

  it.each([
    ['headers without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
  ])('answers %s in the shape of every error', async (_, text, status) => {
    const { server } = await serve();
    const { port } = new URL((await server.listen({ host: '127.0.0.1', port: 0 })).url);
    const answer = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      socket.on('data', (bytes) => {
        received += bytes;
      });
      socket.on('close', () => resolve(received)).on('error', reject);
    });
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(ErrorSchema.strict().parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).code).toBe('bad-usage');
  });

  it('answers a path that cannot be decoded', async () => {
    const { server } = await serve();
    const response = await server.inject({ url: '/%zz' });
    expect(response.statusCode).toBe(400);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    ErrorSchema.strict().parse(response.json());
  });

  it('tells nothing of the inside when something fails there', async () => {
    const { world, server, log } = await serve();
    world.broken = new Error('secret path /data/x');
    const response = await server.inject({ url: '/api/overview' });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({ code: 'internal', message: 'something failed inside; the log says what' });
    expect(log.lines).toEqual([{ level: 'error', text: 'a request failed' }]);
  });

  it('tells what can be acted on', async () => {
    const { world, server } = await serve();
    world.broken = new AppError('unavailable', 'the store is being opened; try again');
    expect((await server.inject({ url: '/api/overview' })).statusCode).toBe(503);
  });

  it('has its document and about', async () => {
    const { server, get } = await serve();
    expect((await server.inject({ url: '/api/openapi.json' })).json()).toMatchObject({
      openapi: '3.1.0',
      info: { version: '1.2.3' },
    });
    expect(await get('about')).toEqual({ version: '1.2.3', data: 'a folder', watchCommand: 'tidewatch run' });
    expect((await get('replay')).tape.name).toBe('test');
  });

  it('is not cached, framed or sniffed', async () => {
    const { server } = await serve();
    const { headers } = await server.inject({ url: '/api/overview' });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('health', () => {
  it('is ready while the replay runs and the store answers', async () => {
    const { server, world } = await serve();
    const status = async (url: string) => (await server.inject({ url })).statusCode;
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
    world.broken = new Error('away');
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
    world.broken = undefined;
    world.state = { ...world.state, state: 'failed', message: 'the tape is cut off' };
    expect((await server.inject({ url: '/readyz' })).json().message).toContain('the tape is cut off');
  });

  it('lives no longer when only a new start helps, and says why', async () => {
    const { server } = await serve({ alive: () => 'no round has ended for 16 min' });
    const reply = await server.inject({ url: '/healthz' });
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ code: 'internal', message: 'no round has ended for 16 min' });
  });

  it('tells how many listen to the stream, were let go and were turned away', async () => {
    const { server } = await serve();
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    const health = async () => HealthSchema.strict().parse(await (await fetch(`${url}/healthz`)).json());
    expect(await health()).toEqual({ status: 'ok', stream: { clients: 0, dropped: 0, refused: 0 } });
    const away = new AbortController();
    open.push({ close: () => away.abort() });
    await fetch(`${url}/api/stream`, { signal: away.signal });
    expect((await health()).stream.clients).toBe(1);
  });

  it('is not ready when the store does not answer in time', async () => {
    const world = createWorld();
    const { store } = world;
    Object.defineProperty(world, 'store', { value: { ...store, info: () => new Promise(() => {}) } });
    const { server, clock } = await serve({ world });
    const waiting = server.inject({ url: '/readyz' }).then((response) => response.statusCode);
    await expect
      .poll(async () => {
        await clock.advance(2000);
        return Promise.race([waiting, Promise.resolve(0)]);
      })
      .toBe(503);
  });
});

describe('the page', () => {
  it('has a nonce of its own in each reply, in its policy too', async () => {
    const { server } = await serve({ webFolder: pageFolder() });
    const nonces: string[] = [];
    for (const url of ['/', '/index.html', '/service/shop/cart?from=1']) {
      const response = await server.inject({ url, headers: { accept: 'text/html,*/*' } });
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
      const nonce = /content="([^"]+)"/.exec(response.body)?.[1] ?? '';
      expect(response.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(response.body).not.toMatch(/__\w+__/);
      expect(response.body).toContain('data-mode="replay"');
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(3);
  });

  it('has files that are cached for good when their name says what is in them', async () => {
    const { server } = await serve({ webFolder: pageFolder() });
    const hashed = await server.inject({ url: '/assets/main-abc123.js' });
    expect([hashed.statusCode, hashed.body, hashed.headers['cache-control']]).toEqual([
      200,
      'run()',
      'public, max-age=31536000, immutable',
    ]);
    expect((await server.inject({ url: '/boot.js' })).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/assets/gone.js',
    '/.secret',
    '/..%2f..%2fetc%2fpasswd',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/INDEX.HTML',
  ])('does not give out %s', async (url) => {
    const { server } = await serve({ webFolder: pageFolder() });
    const response = await server.inject({ url });
    expect([403, 404]).toContain(response.statusCode);
    ErrorSchema.strict().parse(response.json());
  });

  it('says so when it has not been built', async () => {
    const { server } = await serve();
    const response = await server.inject({ url: '/', headers: { accept: 'text/html' } });
    expect(response.statusCode).toBe(503);
    expect(response.json().message).toContain('has not been built');
  });
});

describe('the door', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '127.0.0.1.example.com', '127.0.0.256'])(
    'does not open on %s, as there is no sign-in',
    async (host) => {
      const { server } = await serve();
      await expect(server.listen({ host, port: 0 })).rejects.toMatchObject({ code: 'forbidden' });
    },
  );

  it('takes the next free port and says which were busy', async () => {
    const first = await serve();
    const { port } = await first.server.listen({ host: '127.0.0.1', port: 0 });
    const second = await serve();
    const got = await second.server.listen({ host: 'localhost', port });
    expect(got.port).toBeGreaterThan(port);
    expect(got.busyPorts).toContain(port);
    expect(got.url).toBe(`http://127.0.0.1:${got.port}`);
    expect((await fetch(`${got.url}/healthz`)).status).toBe(200);
  });

  it('gives up after twenty-one busy ports, by name', async () => {
    const busy = createTcpServer() as Server;
    open.push({ close: () => new Promise((resolve) => busy.close(resolve)) });
    await new Promise<void>((resolve) => busy.listen(65_535, '127.0.0.1', resolve));
    const { server } = await serve();
    const refusal = server.listen({ host: '127.0.0.1', port: 65_535 });
    await expect(refusal).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining('65535') });
  });

  it('serves only its own name and its own pages', async () => {
    const { server } = await serve({ webFolder: pageFolder() });
    const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const own = `localhost:${port}`;
    const statuses = await Promise.all(
      [
        {},
        { host: own },
        { host: own, origin: `http://${own}` },
        { host: `evil.example:${port}` },
        { host: 'localhost:1', origin: `http://${own}` },
        { host: own, origin: 'http://evil.example' },
      ].map(async (headers) => (await ask(`${url}/api/overview`, { headers })).status),
    );
    expect(statuses).toEqual([200, 200, 200, 403, 403, 403]);
    const refused = await ask(`${url}/`, { headers: { host: `evil.example:${port}`, accept: 'text/html' } });
    expect(refused.status).toBe(403);
    expect(ErrorSchema.strict().parse(JSON.parse(refused.body))).toMatchObject({ code: 'forbidden' });
    expect((await ask(`${url}/assets/main-abc123.js`, { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('lets a client go that asks on and on without reading an answer', async () => {
    const { server, log } = await serve({ webFolder: pageFolder() });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let got = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      got += text;
    });
    for (let asked = 0; asked < 500; asked++) {
      socket.write('GET /assets/main-abc123.js HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }
    await closed;
    expect(got.split('HTTP/1.1 200').length).toBeLessThanOrEqual(2);
    expect(log.lines).toEqual([]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    open.push({ close: () => agent.destroy() });
    for (let asked = 0; asked < 3; asked++) {
      expect((await ask(`http://127.0.0.1:${port}/assets/main-abc123.js`, { agent })).status).toBe(200);
    }
  });

  it('answers what is not HTTP and stays open for others', async () => {
    const { server } = await serve();
    const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('\u0000\u0001 nonsense\r\n\r\n'));
      let got = '';
      socket.on('data', (chunk) => {
        got += chunk;
      });
      socket.on('close', () => resolve(got)).on('error', reject);
    });
    expect(text).toContain('400 Bad Request');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('closes twice without harm', async () => {
    const { server } = await serve();
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    await Promise.all([server.close(), server.close()]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
