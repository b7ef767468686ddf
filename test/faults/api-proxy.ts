// A proxy that speaks the API server's TLS, so that a test knows each request that changes something: it can act before the
// request reaches the API server, and after that has answered but before the client hears of it. Watches pass as they come.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ControlPlane } from '../parts/control-plane.ts';

export interface Write {
  readonly method: string;
  readonly path: string;
}

export interface ApiProxy {
  readonly url: string;
  /** Writes that the API server has answered, in their order. */
  readonly writes: readonly Write[];
  /** May throw: then the client gets a reset, and before it the API server nothing. */
  onWrite: (moment: 'before' | 'after', write: Write) => Promise<void> | void;
  stop(): Promise<void>;
}

export async function startApiProxy(plane: ControlPlane): Promise<ApiProxy> {
  const ca = await readFile(plane.caFile);
  const agent = new Agent({ ca, keepAlive: true });
  const writes: Write[] = [];
  const server = createServer({ cert: ca, key: await readFile(plane.keyFile) }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.socket?.destroy());
  });
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '', headers } = incoming;
    const body = await buffer(incoming);
    const write = method === 'GET' || method === 'HEAD' ? undefined : { method, path };
    if (write !== undefined) await proxy.onWrite('before', write);
    const call = request(`${plane.url}${path}`, { method, headers, agent });
    // It may break after its answer has begun as well.
    call.on('error', () => undefined);
    outgoing.on('close', () => call.destroy());
    call.end(body);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    if (write !== undefined) {
      writes.push(write);
      await proxy.onWrite('after', write);
    }
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.flushHeaders();
    response.pipe(outgoing);
    response.on('error', () => outgoing.destroy());
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ApiProxy = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    onWrite: () => undefined,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
  return proxy;
}
