// Makes authorities, and the certificates that they sign. The library is loaded only here: no other role needs it.
import { webcrypto } from 'node:crypto';
import { ADMISSION_SERVICE, ANALYSER_SERVICE, KEEPER_SERVICE } from '../manifests/roles.ts';

/** The roles that talk to each other, and the one that the API server talks to. */
export const TLS_ROLES = ['keeper', 'operator', 'analyser', 'admission'] as const;
export type TlsRole = (typeof TLS_ROLES)[number];

/** PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface Period {
  readonly nowMs: number;
  readonly endMs: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Clocks of nodes differ. */
const EARLIER_MS = 3_600_000;
/** The Service that each role is called by; an operator only calls. */
const SERVICES: Readonly<Record<TlsRole, string>> = {
  keeper: KEEPER_SERVICE,
  operator: 'tidewatch-operator',
  analyser: ANALYSER_SERVICE,
  admission: ADMISSION_SERVICE,
};

/** An authority of a name of its own: where two have the same, a verifier may look at the wrong one only. */
export async function makeAuthority(namespace: string, period: Period): Promise<Pair> {
  const { x509, crypto } = await library();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serialNumber = serialOf(crypto);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ ...dates(period), signingAlgorithm: ALGORITHM, keys, serialNumber },
    name: `CN=tidewatch-ca.${namespace}.${serialNumber.slice(0, 8)}`,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(crypto, keys.privateKey) };
}

/** A role's certificate, for both ends of a connection. */
export async function makeLeaf(role: TlsRole, namespace: string, authority: Pair, period: Period): Promise<Pair> {
  const { x509, crypto } = await library();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const certificate = await x509.X509CertificateGenerator.create({
    ...{ ...dates(period), signingAlgorithm: ALGORITHM, publicKey: keys.publicKey, serialNumber: serialOf(crypto) },
    ...{ subject: `CN=tidewatch-${role}`, issuer: issuer.subject },
    signingKey: await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      new x509.SubjectAlternativeNameExtension([
        ...namesOf(role, namespace).map((value) => ({ type: 'dns' as const, value })),
        { type: 'url' as const, value: `spiffe://tidewatch/${namespace}/${role}` },
      ]),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(crypto, keys.privateKey) };
}

async function library() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const crypto = webcrypto as Crypto;
  x509.cryptoProvider.set(crypto);
  return { x509, crypto };
}

function dates({ nowMs, endMs }: Period) {
  return { notBefore: new Date(nowMs - EARLIER_MS), notAfter: new Date(endMs) };
}

/** As clients name it, and as gRPC checks it when it has looked the name up. */
function namesOf(role: TlsRole, namespace: string): string[] {
  const service = SERVICES[role];
  return [
    `${service}.${namespace}.svc.cluster.local`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}`,
    service,
  ];
}

function serialOf(crypto: Crypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Positive, and not shorter than it looks.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function keyText(crypto: Crypto, key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
}
