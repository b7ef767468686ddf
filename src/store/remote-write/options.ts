// What a remote writer is told, with what is usual where nothing is said.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { RemoteWriteVersion } from './encode.ts';

export interface RemoteWriteOptions {
  /** Of the receiver, e.g. `http://victoria-metrics:8428/api/v1/write`. */
  readonly url: string;
  /** 2 unless told, and a receiver that does not know it gets 1. */
  readonly version?: RemoteWriteVersion;
  /** e.g. `X-Scope-OrgID` of Mimir. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Value of the header `Authorization`, asked for with each request: a token may be renewed. */
  readonly authorization?: () => Promise<string>;
  /** Most samples of one request. */
  readonly batchSamples?: number;
  readonly timeoutMs?: number;
  /** The wall clock: times of scores are compared with it. */
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
  /** With the proxy and the certificates to be trusted; the system's unless told. */
  readonly fetch?: typeof globalThis.fetch;
}

export const USUAL = { version: 2, batchSamples: 2000, timeoutMs: 30_000 } as const;

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
