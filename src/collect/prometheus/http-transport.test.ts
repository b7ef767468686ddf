import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { createHttpTransport, type HttpTransportOptions } from './http-transport.ts';
import { readText } from './read-answer.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function transportTo(options: HttpTransportOptions) {
  const transport = createHttpTransport(options);
  closers.push(() => transport.close());
  return transport;
}

async function ask(options: HttpTransportOptions, parameters: Record<string, string> = { query: 'up' }) {
  const transport = transportTo(options);
  const signal = new AbortController().signal;
  const answer = await transport.send({ path: '/api/v1/query', parameters, signal, timeoutMs: 1000 });
  return { status: answer.status, text: await readText(answer, transport.address, 1e6) };
}

const echo = (request: IncomingMessage, response: ServerResponse) =>
  void text(request).then((body) =>
    response.end([request.method, request.url, request.headers.authorization ?? '-', body.length].join(' ')),
  );

it('short questions are in the address, long ones in a form', async () => {
  const url = await serve(echo);
  expect((await ask({ url: `${url}/prom/` })).text).toBe('GET /prom/api/v1/query?query=up - 0');
  expect((await ask({ url }, { query: 'x'.repeat(5000) })).text).toBe('POST /api/v1/query - 5006');
});

it('brings credentials, and says them nowhere', async () => {
  const url = await serve(echo);
  expect((await ask({ url, token: 'secret' })).text).toContain('Bearer secret');
  const withPassword = url.replace('//', '//me:p%40ss@');
  expect((await ask({ url: withPassword })).text).toContain(`Basic ${btoa('me:p@ss')}`);
  expect(transportTo({ url: withPassword }).address).toBe(url);
  const withPercent = url.replace('//', '//me:50%off@');
  expect((await ask({ url: withPercent })).text).toContain(`Basic ${btoa('me:50%off')}`);
});

it('reads the token file anew for each question', async () => {
  const url = await serve(echo);
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-token-'));
  closers.push(() => rm(folder, { recursive: true }));
  const tokenFile = join(folder, 'token');
  for (const token of ['first', 'second']) {
    await writeFile(tokenFile, `${token}\n`);
    expect((await ask({ url, tokenFile })).text).toContain(`Bearer ${token}`);
  }
  await expect(ask({ url, tokenFile: join(folder, 'none') })).rejects.toMatchObject({ code: 'forbidden' });
  for (const text of ['', 'two\nlines', 'ünlikely']) {
    await writeFile(tokenFile, text);
    await expect(ask({ url, tokenFile })).rejects.toMatchObject({
      message: expect.stringMatching(/token in one line/),
    });
  }
});

it('follows a redirect within its address and none to another', async () => {
  const other = await serve(echo);
  const url = await serve((request, response) => {
    const to = { '/api/v1/query?query=up': '/here', '/away/api/v1/query?query=up': `${other}/x` }[request.url ?? ''];
    if (to === undefined && request.url !== '/round/api/v1/query?query=up') return echo(request, response);
    response.writeHead(307, { location: to ?? request.url ?? '' }).end();
  });
  expect((await ask({ url, token: 't' })).text).toBe('GET /here Bearer t 0');
  await expect(ask({ url: `${url}/away`, token: 't' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(`leads to ${other}, which is not followed`),
  });
  await expect(ask({ url: `${url}/round` })).rejects.toMatchObject({ message: expect.stringContaining('in a circle') });
});

it('an address where nobody listens, and a body that breaks off, are unavailable', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"status"', () => response.destroy());
  });
  await expect(ask({ url })).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(ask({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/ECONNREFUSED/),
  });
});

it('https where there is no TLS is no certificate that is not trusted, and says what to write', async () => {
  const url = await serve(echo);
  await expect(ask({ url: url.replace('http:', 'https:') })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/no TLS.*http:\/\/ instead of https:\/\//),
  });
});

it.each(['prometheus:9090', 'ftp://x', 'http://u:secret@h/?q=1', ''])('"%s" is no address', (url) => {
  expect(() => createHttpTransport({ url })).toThrow(/like http:\/\/prometheus:9090/);
  expect(() => createHttpTransport({ url })).not.toThrow(/secret/);
});
