// Certificates for mutual TLS between roles: an authority made for this installation alone, whose key is thrown away, and a
// leaf for each role. Renewing is making them all anew. The library is loaded only here: no role needs it.
import { webcrypto } from 'node:crypto';
import { ANALYSER_SERVICE, KEEPER_SERVICE } from './roles.ts';

export const TLS_ROLES = ['keeper', 'operator', 'analyser'] as const;
export type TlsRole = (typeof TLS_ROLES)[number];

/** PEM, under the keys of a Secret. */
export interface RoleCertificates {
  readonly 'ca.crt': string;
  readonly 'tls.crt': string;
  readonly 'tls.key': string;
}

export interface CertificateOptions {
  readonly namespace: string;
  readonly nowMs: number;
  readonly days: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of nodes differ. */
const EARLIER_MS = 3_600_000;
/** The Service that each role is called by; an operator only calls. */
const SERVICES: Readonly<Record<TlsRole, string>> = {
  keeper: KEEPER_SERVICE,
  operator: 'tidewatch-operator',
  analyser: ANALYSER_SERVICE,
};

export async function makeCertificates(options: CertificateOptions): Promise<Record<TlsRole, RoleCertificates>> {
  const { nowMs, days, namespace } = options;
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const crypto = webcrypto as Crypto;
  x509.cryptoProvider.set(crypto);
  const makeKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const period = { notBefore: new Date(nowMs - EARLIER_MS), notAfter: new Date(nowMs + days * DAY_MS) };
  const common = { ...period, signingAlgorithm: ALGORITHM };
  const caName = `CN=tidewatch-ca.${namespace}`;
  const caKeys = await makeKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ ...common, name: caName, keys: caKeys, serialNumber: serial(crypto) },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const leaf = async (role: TlsRole): Promise<RoleCertificates> => {
    const keys = await makeKeys();
    const cert = await x509.X509CertificateGenerator.create({
      ...{ ...common, subject: `CN=tidewatch-${role}`, issuer: caName, serialNumber: serial(crypto) },
      ...{ signingKey: caKeys.privateKey, publicKey: keys.publicKey },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension(
          namesOf(role, namespace).map((value) => ({ type: 'dns' as const, value })),
        ),
      ],
    });
    const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    return { 'ca.crt': ca.toString('pem'), 'tls.crt': cert.toString('pem'), 'tls.key': pem('PRIVATE KEY', key) };
  };
  return { keeper: await leaf('keeper'), operator: await leaf('operator'), analyser: await leaf('analyser') };
}

/** Secrets as the pods mount them. */
export function secretObjects(namespace: string, made: Record<TlsRole, RoleCertificates>): object[] {
  return TLS_ROLES.map((role) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...{ name: `tidewatch-tls-${role}`, namespace, labels: { 'app.kubernetes.io/part-of': 'tidewatch' } },
    },
    type: 'Opaque',
    stringData: made[role],
  }));
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

function serial(crypto: Crypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Positive, and not shorter than it looks.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function pem(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
