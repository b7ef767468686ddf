// A small HTTP server for tests, whose answers are written by hand: it can break off in the middle of one.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KubeAccess, KubeCredentials } from './access.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestHttp {
  readonly seen: Seen[];
  readonly access: KubeAccess;
  /** Connections that were opened so far. */
  readonly connections: number;
  /** How the next requests are answered. */
  answer: (response: ServerResponse, seen: Seen) => void;
  /** `fresh` as it was asked for, once for each request. */
  readonly asked: boolean[];
  token: string;
  stop(): Promise<void>;
}

export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export async function startTestHttp(): Promise<TestHttp> {
  const seen: Seen[] = [];
  const asked: boolean[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: await text(request) };
    seen.push(one);
    http.answer(response, one);
  });
  server.on('connection', () => {
    connections++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = async ({ fresh = false } = {}): Promise<KubeCredentials> => {
    asked.push(fresh);
    return { insecure: false, headers: { authorization: `Bearer ${http.token}` } };
  };
  const http: TestHttp = {
    ...{ seen, asked, token: 'secret', answer: answerJson(200, {}) },
    access: { server: `http://127.0.0.1:${port}`, context: 'test', namespace: 'default', credentials },
    get connections() {
      return connections;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return http;
}
