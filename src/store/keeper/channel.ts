// One gRPC channel to the keeper. Every refusal is an AppError: with the code that the keeper said, or what the status means.
// Beyond loopback both ends show a certificate.
import { isIPv4, isIPv6 } from 'node:net';
import { Client, credentials, experimental, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Certificates, checkCertificates, checkNamed, providerOf } from '#kit/certificates.ts';
import { wallClock } from '#kit/clock.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '#kit/errors.ts';
import { CODE_TRAILER, MESSAGE_BYTES } from './contract.ts';

/** `serverName` where the keeper's certificate carries another name than the address. */
export interface KeeperCredentials extends Certificates {
  readonly serverName?: string;
}

export interface KeeperChannelOptions {
  /** `https://name:port`; `http://` on loopback only. */
  readonly address: string;
  readonly credentials?: KeeperCredentials;
  readonly timeoutMs: number;
}

export interface KeeperChannel {
  call(path: string, bytes: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/**
 * A connection that comes to its end refuses what was begun on it; such a call is made again on the next one. Every call may
 * be: the keeper knows a batch by its key.
 */
const SERVICE_CONFIG = {
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        ...{ maxAttempts: 5, initialBackoff: '0.005s', maxBackoff: '0.01s', backoffMultiplier: 1 },
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

/** Connects at the first call. Throws `bad-config` for an address or certificates that are none. */
export function openKeeperChannel(options: KeeperChannelOptions): KeeperChannel {
  const { address, timeoutMs } = options;
  const { serverName } = options.credentials ?? {};
  const { url, secure } = parse(address, options.credentials);
  const client = new Client(targetOf(url), secure, {
    'grpc.service_config': JSON.stringify(SERVICE_CONFIG),
    'grpc.service_config_disable_resolution': 1,
    'grpc.per_rpc_retry_buffer_size': MESSAGE_BYTES,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 200,
    // A keeper that was moved to another node is back within a minute; it is not to be missed by another one.
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.dns_min_time_between_resolutions_ms': 2000,
    // A node that vanished closes no connection.
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    ...(serverName && { 'grpc.ssl_target_name_override': serverName }),
  });
  return {
    call: (path, bytes) =>
      new Promise((resolve, reject) => {
        // grpc-js compares with the wall clock, which may have been set since this process began.
        const deadline = { deadline: wallClock.nowMs() + timeoutMs };
        client.makeUnaryRequest(path, asBuffer, asIs, bytes, new Metadata(), deadline, (error, answer) => {
          if (error === null && answer !== undefined) resolve(answer);
          else reject(errorOf(error, address));
        });
      }),
    close: () => client.close(),
  };
}

function parse(address: string, pem: KeeperCredentials | undefined) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain = url?.protocol === 'http:';
  if (url === undefined || url.port === '' || (!isPlain && url.protocol !== 'https:')) {
    throw new AppError(
      'bad-config',
      `${JSON.stringify(address)} is no address of a keeper: https://name:port is expected`,
    );
  }
  if (isPlain && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new AppError('bad-config', `the keeper at ${address} is not on this machine: https:// is expected`);
  }
  if (isPlain) return { url, secure: credentials.createInsecure() };
  if (pem === undefined) {
    const how = 'name the folder with tls.crt, tls.key and ca.crt (--tls)';
    throw new AppError('bad-config', `the keeper at ${address} hears nobody without a certificate: ${how}`);
  }
  if (pem.serverName === undefined) checkNamed(url.hostname, 'the keeper');
  checkCertificates(pem, 'the certificate for the keeper');
  const provider = providerOf(pem);
  return { url, secure: experimental.createCertificateProviderChannelCredentials(provider, provider) };
}

function targetOf({ hostname, port }: URL): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIPv4(host)) return `ipv4:${host}:${port}`;
  return isIPv6(host) ? `ipv6:[${host}]:${port}` : `dns:///${host}:${port}`;
}

const MEANINGS: Partial<Record<status, ErrorCode>> = {
  [status.UNAUTHENTICATED]: 'forbidden',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.UNIMPLEMENTED]: 'bad-config',
  [status.INVALID_ARGUMENT]: 'bad-input',
};

function errorOf(error: ServiceError | null, address: string): AppError {
  const said = error?.metadata?.get(CODE_TRAILER)[0];
  const message = error?.details ?? 'an answer without a message';
  if (typeof said === 'string' && Object.hasOwn(ERROR_CODES, said)) {
    return new AppError(said as ErrorCode, message, { cause: error });
  }
  const code = MEANINGS[error?.code ?? status.UNKNOWN] ?? 'unavailable';
  const retryable = code === 'unavailable';
  return new AppError(code, `the keeper at ${address} did not answer: ${message}`, { cause: error, retryable });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
