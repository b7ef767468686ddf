// A proxy that speaks admission's TLS, so that a fault can be of one review: answered with a status, never, late, or by something
// that admission was not asked or did not say. What passed is kept.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';

/** As much of a review as faults look at. */
export interface Asked {
  readonly uid: string;
  readonly dryRun?: boolean;
  readonly object?: ReviewedObject;
  objects?: ReviewedObject[];
}

export interface ReviewedObject {
  apiVersion: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly spec?: object;
}

export interface Answered {
  readonly allowed?: boolean;
  readonly patch?: string;
  convertedObjects?: ReviewedObject[];
}

export type ReviewFault =
  /** Without asking admission. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'late'; readonly lateMs: number }
  | { readonly kind: 'asked'; readonly change: (asked: Asked) => void }
  | { readonly kind: 'answered'; readonly change: (answered: Answered) => void };

export interface Passed {
  readonly path: string;
  readonly asked: Asked;
  /** Undefined where there was no answer, or none that is a review. */
  readonly answered?: Answered;
}

export interface ReviewProxy {
  readonly port: number;
  /** Asked for each review; undefined: it passes. */
  choose: (path: string, asked: Asked) => ReviewFault | undefined;
  readonly passed: readonly Passed[];
  stop(): Promise<void>;
}

/** `folder`: of admission's certificate, as it is now. */
export async function startReviewProxy(targetPort: number, folder: string): Promise<ReviewProxy> {
  const passed: Passed[] = [];
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const leaf = () =>
    createSecureContext({ cert: readFileSync(join(folder, 'tls.crt')), key: readFileSync(join(folder, 'tls.key')) });
  const server = createServer({ SNICallback: (_, done) => void tell(leaf, done) }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Before there are certificates nobody can be served.
  server.on('tlsClientError', () => undefined);
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { url: path = '', headers } = incoming;
    const review = JSON.parse(await readText(incoming)) as { readonly request: Asked };
    const fault = proxy.choose(path.split('?')[0] ?? '', review.request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status') return void outgoing.writeHead(fault.status).end('broken on purpose\n');
    if (fault?.kind === 'late') await pause(fault.lateMs);
    if (fault?.kind === 'asked') fault.change(review.request);
    const { status, body } = await ask({ port: targetPort, path, headers, agent }, JSON.stringify(review));
    const told = status === 200 ? (JSON.parse(body) as { readonly response: Answered }) : undefined;
    passed.push({ path, asked: review.request, ...(told !== undefined && { answered: told.response }) });
    if (fault?.kind === 'answered' && told !== undefined) fault.change(told.response);
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(fault?.kind === 'answered' ? JSON.stringify(told) : body);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ReviewProxy = {
    port: (server.address() as AddressInfo).port,
    choose: () => undefined,
    passed,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
  return proxy;
}

function tell<T>(make: () => T, done: (error: Error | null, made?: T) => void): void {
  try {
    done(null, make());
  } catch (error) {
    done(error as Error);
  }
}

interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly agent: Agent;
}

async function ask({ port, path, headers, agent }: Target, body: string) {
  const { 'content-length': _, 'transfer-encoding': __, 'accept-encoding': ___, ...kept } = headers;
  const call = request({ host: '127.0.0.1', port, path, method: 'POST', headers: kept, agent });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 502, body: await readText(response) };
}
