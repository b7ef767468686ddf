// The keeper's door for the operator: append, position, report, and health. Mutual TLS, because a forged score would silence
// a page: without certificates it listens on loopback only.
import { createSecureContext } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { APPEND, MESSAGE_BYTES, POSITION, REPORT } from '#store/keeper/contract.ts';
import { createHealth } from './health.ts';
import { type KeeperCallsOptions, keeperCalls } from './keeper-calls.ts';
import { serviceOf } from './unary.ts';

export const KEEPER_PORT = 8443;
const SERVICE = 'tidewatch.v1.Keeper';

export interface KeeperServerOptions extends KeeperCallsOptions {
  /** PEM. With them every client must show a certificate that `ca` signed. */
  readonly credentials?: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly clock: Clock;
}

export interface KeeperServer {
  /** Port 0 chooses one. Rejects with an AppError where it may not or cannot listen. */
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Takes nothing new; what is under way may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createKeeperServer(options: KeeperServerOptions): KeeperServer {
  const { credentials: pem, clock } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc-node.flow_control_window': MESSAGE_BYTES / 4,
    'grpc.max_concurrent_streams': 16,
  });
  const health = createHealth([SERVICE]);
  server.addService(serviceOf({ [APPEND]: 'unary', [POSITION]: 'unary', [REPORT]: 'unary' }), keeperCalls(options));
  server.addService(health.service, health.handlers);
  return {
    async listen({ host, port }) {
      if (pem === undefined && !isLoopback(host)) {
        const how = 'give it a certificate, its key and the CA (--tls), or listen on 127.0.0.1';
        throw new AppError('bad-config', `the keeper does not listen on ${host} without knowing who calls: ${how}`);
      }
      return { port: await bind(server, host, port, credentialsOf(pem)) };
    },
    async close(graceMs) {
      health.stop();
      const waiting = new AbortController();
      const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await Promise.race([ended, clock.sleep(graceMs, waiting.signal)]);
      waiting.abort();
      server.forceShutdown();
    },
  };
}

function credentialsOf(pem: KeeperServerOptions['credentials']): ServerCredentials {
  if (pem === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(pem.cert), private_key: Buffer.from(pem.key) };
  try {
    createSecureContext({ ca: pem.ca, cert: pem.cert, key: pem.key });
    return ServerCredentials.createSsl(Buffer.from(pem.ca), [pair], true);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = 'a certificate, its own key and a CA are expected, as PEM';
    throw new AppError('bad-config', `the keeper's certificate cannot be used: ${why}; ${what}`, { cause });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function bind(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) return resolve(bound);
      const code = /EADDRINUSE/.test(error.message) ? 'in-use' : 'unavailable';
      reject(new AppError(code, `the keeper cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
}
