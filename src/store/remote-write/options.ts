// What a remote writer is told, with what is usual where nothing is said.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { RemoteWriteVersion } from './encode.ts';

export interface RemoteWriterOptions {
  /** Of the receiver, e.g. `http://victoria-metrics:8428/api/v1/write`. */
  readonly url: string;
  /** 2 unless told; a receiver that does not know it gets 1. */
  readonly version?: RemoteWriteVersion;
  /** e.g. `X-Scope-OrgID` of Mimir. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: { readonly token: string } | { readonly username: string; readonly password: string };
  /** Most samples of one request. */
  readonly batchSamples?: number;
  /** Most samples that wait; beyond, the oldest are dropped. */
  readonly maxQueued?: number;
  readonly timeoutMs?: number;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
  /** With the proxy and the certificates to be trusted; the system's unless told. */
  readonly fetch?: typeof globalThis.fetch;
}

export const USUAL = { version: 2, batchSamples: 2000, maxQueued: 200_000, timeoutMs: 30_000 } as const;

/** The receiver's address. Throws `bad-config` for one that cannot be written to. */
export function receiverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new AppError('bad-config', 'remote write: expected an address that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('bad-config', 'remote write: user and password do not belong into the address; give them apart');
  }
  return url;
}

export function authorization(auth: RemoteWriterOptions['auth']): Record<string, string> {
  if (auth === undefined) return {};
  if ('token' in auth) return { authorization: `Bearer ${auth.token}` };
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
}
