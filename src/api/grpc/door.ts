// The door of a gRPC server: who may knock, who may call what, where it listens, and how it closes. Every server of this room
// uses it. Certificates may change while it is open: connections that come later see the new ones.

import { X509Certificate } from 'node:crypto';
import { experimental, type handleUnaryCall, Metadata, type Server, ServerCredentials, status } from '@grpc/grpc-js';
import { type Certificates, checkCertificates, identityOf, providerOf } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

/**
 * The port that was bound. Rejects with `bad-config` beyond loopback without credentials or with credentials that do not
 * fit, with `in-use` or `unavailable` where it cannot listen. `who` is for the sentence.
 */
export async function openDoor(
  server: Server,
  who: string,
  certificates: Certificates | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  if (certificates === undefined && !isLoopback(host)) {
    const how = 'give it a certificate, its key and the CA (mTLS, --tls), or listen on 127.0.0.1';
    throw new AppError('bad-config', `${who} does not listen on ${host} without knowing who calls: ${how}`);
  }
  return bind(server, who, host, port, credentialsOf(certificates, who));
}

/**
 * The handlers, each for callers of `role` of the same installation only; others hear PERMISSION_DENIED. Without certificates
 * nobody is asked: the door is open on loopback only.
 */
export function onlyFor(
  role: string,
  certificates: Certificates | undefined,
  handlers: Readonly<Record<string, handleUnaryCall<Buffer, Uint8Array>>>,
): Record<string, handleUnaryCall<Buffer, Uint8Array>> {
  if (certificates === undefined) return handlers;
  const guarded = (handle: handleUnaryCall<Buffer, Uint8Array>): handleUnaryCall<Buffer, Uint8Array> => {
    return (call, callback) => {
      const caller = identityOf(call.getAuthContext()?.sslPeerCertificate?.subjectaltname);
      const own = identityOf(new X509Certificate(certificates.cert).subjectAltName);
      if (caller !== undefined && caller.role === role && caller.installation === own?.installation) {
        return handle(call, callback);
      }
      const wanted = `${own?.installation}/${role}`;
      const found = caller === undefined ? 'names nobody' : `is of ${caller.installation}/${caller.role}`;
      const details = `only ${wanted} may call this: the certificate that was shown ${found}`;
      callback({ code: status.PERMISSION_DENIED, details, metadata: new Metadata() });
    };
  };
  return Object.fromEntries(Object.entries(handlers).map(([path, handle]) => [path, guarded(handle)]));
}

/** Takes nothing new; what is under way may end within `graceMs`. */
export async function closeDoor(server: Server, clock: Clock, graceMs: number): Promise<void> {
  const waiting = new AbortController();
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await Promise.race([ended, clock.sleep(graceMs, waiting.signal)]);
  waiting.abort();
  server.forceShutdown();
}

function credentialsOf(certificates: Certificates | undefined, who: string): ServerCredentials {
  if (certificates === undefined) return ServerCredentials.createInsecure();
  checkCertificates(certificates, `${who}'s certificate`);
  const provider = providerOf(certificates);
  return experimental.createCertificateProviderServerCredentials(provider, provider, true);
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
