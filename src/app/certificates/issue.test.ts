import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { identityOf } from '#kit/certificates.ts';
import { makeAuthority, makeLeaf, type TlsRole } from './issue.ts';

const DAY_MS = 86_400_000;
const period = { nowMs: Date.now(), endMs: Date.now() + DAY_MS };

interface End {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

async function make(ends = period) {
  const authority = await makeAuthority('watch', ends);
  const leaf = async (role: TlsRole): Promise<End> => {
    const { certificate: cert, key } = await makeLeaf(role, 'watch', authority, ends);
    return { cert, key, ca: authority.certificate };
  };
  return { keeper: await leaf('keeper'), operator: await leaf('operator'), analyser: await leaf('analyser') };
}

/** A handshake of mutual TLS; resolves with the role that the server saw, rejects with what either side refused. */
async function shakeHands(server: End, client: End, servername: string): Promise<string | undefined> {
  const seen = Promise.withResolvers<string | undefined>();
  const listening = createServer({ ...server, requestCert: true, rejectUnauthorized: true }, (socket) => {
    seen.resolve(identityOf(socket.getPeerCertificate().subjectaltname)?.role);
    socket.end('hello');
  }).listen(0, '127.0.0.1');
  listening.on('tlsClientError', seen.reject);
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ...client });
  try {
    const refused = once(socket, 'error').then(([error]) => Promise.reject(error as Error));
    // One side's refusal is told here; the other side's is the same one.
    for (const side of [refused, seen.promise]) side.catch(() => undefined);
    await Promise.race([once(socket, 'secureConnect'), refused]);
    return await Promise.race([seen.promise, refused]);
  } finally {
    socket.destroy();
    listening.close();
  }
}

test('roles know each other by the names of their services, and nobody else', async () => {
  const made = await make();
  expect(await shakeHands(made.keeper, made.operator, 'tidewatch-keeper.watch.svc')).toBe('operator');
  expect(await shakeHands(made.analyser, made.keeper, 'tidewatch-analysers.watch.svc')).toBe('keeper');
  await expect(shakeHands(made.keeper, made.operator, 'tidewatch-keeper.other.svc')).rejects.toThrow(/altnames/);
  const { operator: stranger } = await make();
  await expect(shakeHands(made.keeper, { ...stranger, ca: made.keeper.ca }, 'tidewatch-keeper')).rejects.toThrow();
});

test('certificates end when they should', async () => {
  const nowMs = Date.now() - 40 * DAY_MS;
  const made = await make({ nowMs, endMs: nowMs + 30 * DAY_MS });
  await expect(shakeHands(made.keeper, made.operator, 'tidewatch-keeper')).rejects.toThrow(/expired/);
});

test('of two authorities in a bundle each is found, in either order', async () => {
  const [old, next] = [await make(), await make()];
  for (const ca of [old.keeper.ca + next.keeper.ca, next.keeper.ca + old.keeper.ca]) {
    for (const [server, client] of [
      [old.keeper, next.operator],
      [next.keeper, old.operator],
    ] as const) {
      expect(await shakeHands({ ...server, ca }, { ...client, ca }, 'tidewatch-keeper')).toBe('operator');
    }
  }
});
