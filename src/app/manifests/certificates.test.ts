import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { makeCertificates, type RoleCertificates, secretObjects } from './certificates.ts';

const options = { namespace: 'watch', days: 30, nowMs: Date.now() };

/** A handshake of mutual TLS; resolves with the name that the server saw, rejects with what either side refused. */
async function shakeHands(server: RoleCertificates, client: RoleCertificates, servername: string): Promise<string> {
  const seen = Promise.withResolvers<string>();
  const listening = createServer(
    {
      cert: server['tls.crt'],
      key: server['tls.key'],
      ca: server['ca.crt'],
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      seen.resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end('hello');
    },
  ).listen(0, '127.0.0.1');
  listening.on('tlsClientError', seen.reject);
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const credentials = { cert: client['tls.crt'], key: client['tls.key'], ca: client['ca.crt'] };
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ...credentials });
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
  const made = await makeCertificates(options);
  expect(await shakeHands(made.keeper, made.operator, 'tidewatch-keeper.watch.svc')).toBe('tidewatch-operator');
  expect(await shakeHands(made.analyser, made.operator, 'tidewatch-analysers.watch.svc')).toBe('tidewatch-operator');
  await expect(shakeHands(made.keeper, made.operator, 'tidewatch-keeper.other.svc')).rejects.toThrow(/altnames/);
  const stranger = await makeCertificates(options);
  await expect(
    shakeHands(made.keeper, { ...stranger.operator, 'ca.crt': made.keeper['ca.crt'] }, 'tidewatch-keeper'),
  ).rejects.toThrow();
});

test('certificates end when they should', async () => {
  const made = await makeCertificates({ ...options, nowMs: Date.now() - 40 * 86_400_000 });
  await expect(shakeHands(made.keeper, made.operator, 'tidewatch-keeper')).rejects.toThrow(/expired/);
});

test('the Secrets are those that the pods mount', async () => {
  const secrets = secretObjects('watch', await makeCertificates(options));
  expect(secrets.map((secret) => (secret as { metadata: { name: string } }).metadata.name)).toEqual([
    'tidewatch-tls-keeper',
    'tidewatch-tls-operator',
    'tidewatch-tls-analyser',
  ]);
});
