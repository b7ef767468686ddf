// Stands before a real Prometheus and hands everything on, but for queries of metrics whose names ask for a fault.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface FaultyPrometheus {
  readonly url: string;
  /** From now on nobody answers at the address. */
  stop(): Promise<void>;
}

type Fault = (response: ServerResponse, whole: string) => void;

const FAULTS: Readonly<Record<string, Fault>> = {
  answers_html: (response) => void response.end('<!DOCTYPE html><title>Sign in</title>'),
  answers_half: (response, whole) => void response.end(whole.slice(0, whole.length / 2)),
  breaks_off: (response, whole) => {
    response.writeHead(200, { 'content-length': whole.length }).write(whole.slice(0, 20), () => response.destroy());
  },
  // Nothing is ever said.
  answers_never: () => undefined,
};

export async function startFaultyPrometheus(real: string): Promise<FaultyPrometheus> {
  const server = createServer((request, response) => {
    answer(real, request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(real: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '', headers } = request;
  const body = await text(request);
  const type = headers['content-type'];
  const reply = await fetch(`${real}${url}`, {
    method,
    ...(body === '' ? {} : { body }),
    ...(type === undefined ? {} : { headers: { 'content-type': type } }),
  });
  const whole = await reply.text();
  const asked = Object.keys(FAULTS).find((name) => `${url} ${body}`.includes(name));
  const fault = asked === undefined ? undefined : FAULTS[asked];
  if (fault !== undefined) return fault(response, whole);
  response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' }).end(whole);
}
