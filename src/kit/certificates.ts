// Certificates of mutual TLS that may change while a process runs, and whose they are. A certificate names its role by a SPIFFE
// URI, `spiffe://tidewatch/NAMESPACE/operator`: what comes before the last part is the installation, so that a role of
// another one is nobody here, even under the same authority.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { experimental } from '@grpc/grpc-js';
import { AppError } from './errors.ts';

/** PEM, as it is now; a plain object where it never changes. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  /** One or more: a certificate of any of them is taken. */
  readonly ca: string;
  /** Called after each change; the answer ends that. */
  onChange?(listener: () => void): () => void;
}

/** Throws `bad-config` for an address in place of a name: gRPC compares names with those in the certificate, and takes no address. */
export function checkNamed(host: string, whose: string): void {
  if (isIP(host.replace(/^\[|\]$/g, '')) === 0) return;
  const how = 'write the name that is in its certificate, which a name server or /etc/hosts leads to the address';
  throw new AppError(
    'bad-config',
    `${whose} is named by an address (${host}), which certificates cannot be checked for: ${how}`,
  );
}

export interface Identity {
  readonly installation: string;
  readonly role: string;
}

/** Throws `bad-config` with what is wrong: it must be PEM, fit its key, and name a role. `whose` begins the sentence. */
export function checkCertificates({ cert, key, ca }: Certificates, whose: string): void {
  let names: string | undefined;
  try {
    for (const one of certificatesIn(ca)) new X509Certificate(one);
    const own = new X509Certificate(cert);
    names = own.subjectAltName;
    if (!own.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another certificate');
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = 'a certificate, its own key and a CA are expected, as PEM';
    throw new AppError('bad-config', `${whose} cannot be used: ${why}; ${what}`, { cause });
  }
  if (identityOf(names) !== undefined) return;
  const what = 'a URI such as spiffe://tidewatch/NAMESPACE/operator among its subject alternative names';
  throw new AppError('bad-config', `${whose} cannot be used: it does not say whose it is; ${what} is expected`);
}

/** Each certificate of a bundle, as PEM. Throws for a text that holds none, or half of one. */
export function certificatesIn(pem: string): string[] {
  // Each begins a line: of two on one line only the first would be read.
  const found = pem.match(/^-----BEGIN CERTIFICATE-----$[^-]+^-----END CERTIFICATE-----$\n?/gm) ?? [];
  if (found.length === 0 || found.length !== pem.split('-----BEGIN').length - 1) {
    throw new Error('the CA is no whole certificate');
  }
  return found;
}

/**
 * Whose a certificate is, by its subject alternative names as Node writes them; undefined where they hold no such URI, or
 * several URIs.
 */
export function identityOf(subjectAltName: string | undefined): Identity | undefined {
  const uris: string[] = [];
  // A name with a comma or a quote in it is written as a JSON string: what stands inside is no name.
  const entry = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;
  for (let found = entry.exec(subjectAltName ?? ''); found !== null; found = entry.exec(subjectAltName ?? '')) {
    if (found[1] === 'URI') uris.push(found[2] ?? '');
    if (entry.lastIndex === subjectAltName?.length) break;
  }
  const [uri = ''] = uris;
  const [, installation, role] = /^(spiffe:\/\/[\w.-]+(?:\/[\w.-]+)*)\/([\w.-]+)$/.exec(uri) ?? [];
  return uris.length !== 1 || installation === undefined || role === undefined ? undefined : { installation, role };
}

/** What grpc-js asks for each connection's certificates. */
export function providerOf(certificates: Certificates): experimental.CertificateProvider {
  const caListeners = new Map<experimental.CaCertificateUpdateListener, () => void>();
  const ownListeners = new Map<experimental.IdentityCertificateUpdateListener, () => void>();
  const add = <Listener>(listeners: Map<Listener, () => void>, listener: Listener, tell: () => void) => {
    const end = certificates.onChange?.(tell) ?? (() => {});
    listeners.set(listener, end);
    // A client wants to know before it goes on; a server hears only what comes after it has asked.
    tell();
    queueMicrotask(() => listeners.has(listener) && tell());
  };
  const remove = <Listener>(listeners: Map<Listener, () => void>, listener: Listener) => {
    listeners.get(listener)?.();
    listeners.delete(listener);
  };
  return {
    addCaCertificateListener: (listener) =>
      add(caListeners, listener, () => listener({ caCertificate: Buffer.from(certificates.ca) })),
    addIdentityCertificateListener: (listener) =>
      add(ownListeners, listener, () =>
        listener({ certificate: Buffer.from(certificates.cert), privateKey: Buffer.from(certificates.key) }),
      ),
    removeCaCertificateListener: (listener) => remove(caListeners, listener),
    removeIdentityCertificateListener: (listener) => remove(ownListeners, listener),
  };
}
