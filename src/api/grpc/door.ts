// The door of a gRPC server: who may knock, where it listens, and how it closes. Every server of this room uses it.
import { createSecureContext } from 'node:tls';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

/** With them every client must show a certificate that `ca` signed. */
export interface Pem {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/**
 * The port that was bound. Rejects with `bad-config` beyond loopback without credentials or with credentials that do not
 * fit, with `in-use` or `unavailable` where it cannot listen. `who` is for the sentence.
 */
export async function openDoor(
  server: Server,
  who: string,
  pem: Pem | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  if (pem === undefined && !isLoopback(host)) {
    const how = 'give it a certificate, its key and the CA (mTLS, --tls), or listen on 127.0.0.1';
    throw new AppError('bad-config', `${who} does not listen on ${host} without knowing who calls: ${how}`);
  }
  return bind(server, who, host, port, credentialsOf(pem, who));
}

/** Takes nothing new; what is under way may end within `graceMs`. */
export async function closeDoor(server: Server, clock: Clock, graceMs: number): Promise<void> {
  const waiting = new AbortController();
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await Promise.race([ended, clock.sleep(graceMs, waiting.signal)]);
  waiting.abort();
  server.forceShutdown();
}

function credentialsOf(pem: Pem | undefined, who: string): ServerCredentials {
  if (pem === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(pem.cert), private_key: Buffer.from(pem.key) };
  try {
    createSecureContext({ ca: pem.ca, cert: pem.cert, key: pem.key });
    return ServerCredentials.createSsl(Buffer.from(pem.ca), [pair], true);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = 'a certificate, its own key and a CA are expected, as PEM';
    throw new AppError('bad-config', `${who}'s certificate cannot be used: ${why}; ${what}`, { cause: error });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function bind(
  server: Server,
  who: string,
  host: string,
  port: number,
  credentials: ServerCredentials,
): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) return resolve(bound);
      const code = /EADDRINUSE/.test(error.message) ? 'in-use' : 'unavailable';
      reject(new AppError(code, `${who} cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
}
