// One gRPC channel to all replicas of an analyser. Round robin, ejecting replicas that fail and retries are grpc-js's own,
// told by the service config, so there is no circuit of ours. Answers are bytes with a status: what a status means depends on
// the call.
import { Client, credentials, experimental, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Certificates, checkCertificates, providerOf } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';

const ANSWER_BYTES = 4 * 1024 * 1024;
/** Beyond what a message may have, so that each can be sent again: grpc-js keeps one megabyte of a call by itself. */
const RETRY_BYTES = 4 * 1024 * 1024;
const ALL_RETRY_BYTES = 64 * 1024 * 1024;

/** `serverName` where the analyser's certificate carries another name than the address. */
export interface ClientCertificate extends Certificates {
  readonly serverName?: string;
}

export interface ChannelOptions {
  /** As grpc-js understands it: `dns:///analysers:50051`, `ipv4:10.0.0.1:50051,10.0.0.2:50051`. */
  readonly target: string;
  readonly certificate?: ClientCertificate;
  /** Of one call with its retries. */
  readonly timeoutMs: number;
  /** How soon after a connection ended a name may be looked up again. */
  readonly lookUpEveryMs: number;
  readonly clock: Clock;
}

export type Answer =
  | { readonly status: typeof status.OK; readonly bytes: Uint8Array }
  | { readonly status: Exclude<status, typeof status.OK>; readonly message: string };

export interface GrpcChannel {
  /** Resolves whatever the status is; rejects only with the signal's reason. */
  call(path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

export function openChannel({ target, certificate, timeoutMs, lookUpEveryMs, clock }: ChannelOptions): GrpcChannel {
  const client = new Client(target, credentialsOf(certificate), {
    'grpc.service_config': JSON.stringify(serviceConfig(timeoutMs)),
    // Else anybody who answers for the name server could change it.
    'grpc.service_config_disable_resolution': 1,
    'grpc.dns_min_time_between_resolutions_ms': lookUpEveryMs,
    'grpc.max_receive_message_length': ANSWER_BYTES,
    'grpc.per_rpc_retry_buffer_size': RETRY_BYTES,
    'grpc.retry_buffer_size': ALL_RETRY_BYTES,
    // A whole answer at once, not 64 kB and a question whether there may be more.
    'grpc-node.flow_control_window': ANSWER_BYTES,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_reconnect_backoff_ms': 10_000,
    ...(certificate?.serverName && { 'grpc.ssl_target_name_override': certificate.serverName }),
  });
  return {
    call: async (path, bytes, signal) => {
      signal?.throwIfAborted();
      const ended = new AbortController();
      const answer = once(client, path, bytes, ended.signal, signal);
      // The config's own time-out begins when the name is known; this one bounds the waiting for that as well.
      const bound = clock.sleep(timeoutMs + 1000, ended.signal).then((): Answer => {
        const message = `no answer within ${(timeoutMs + 1000) / 1000} s`;
        return { status: status.DEADLINE_EXCEEDED, message };
      });
      try {
        return await Promise.race([answer, bound]);
      } finally {
        ended.abort();
        signal?.throwIfAborted();
      }
    },
    close: () => client.close(),
  };
}

function once(client: Client, path: string, bytes: Uint8Array, ended: AbortSignal, signal?: AbortSignal) {
  return new Promise<Answer>((resolve) => {
    const answer = (error: ServiceError | null, response?: Buffer) => {
      signal?.removeEventListener('abort', cancel);
      ended.removeEventListener('abort', cancel);
      if (error === null && response !== undefined) return resolve({ status: status.OK, bytes: response });
      const code = error === null || error.code === status.OK ? status.INTERNAL : error.code;
      resolve({
        status: code as Exclude<status, typeof status.OK>,
        message: error?.details ?? 'an answer without a message',
      });
    };
    const metadata = new Metadata();
    const call = client.makeUnaryRequest(path, asBuffer, asIs, bytes, metadata, {}, answer);
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel);
    ended.addEventListener('abort', cancel);
  });
}

function serviceConfig(timeoutMs: number): object {
  const seconds = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 });
  const outliers = {
    interval: seconds(5000),
    base_ejection_time: seconds(15_000),
    max_ejection_time: seconds(120_000),
    max_ejection_percent: 67,
    failure_percentage_ejection: { threshold: 50, enforcement_percentage: 100, minimum_hosts: 2, request_volume: 3 },
    child_policy: [{ round_robin: {} }],
  };
  const retryPolicy = {
    maxAttempts: 4,
    initialBackoff: '0.1s',
    maxBackoff: '2s',
    backoffMultiplier: 2.5,
    retryableStatusCodes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
  };
  return {
    loadBalancingConfig: [{ outlier_detection: outliers }],
    methodConfig: [{ name: [{}], timeout: seconds(timeoutMs), retryPolicy }],
  };
}

function credentialsOf(certificate?: ClientCertificate) {
  if (certificate === undefined) return credentials.createInsecure();
  checkCertificates(certificate, "the analyser's client certificate");
  const provider = providerOf(certificate);
  return experimental.createCertificateProviderChannelCredentials(provider, provider);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
