// What every call of the analyser goes through: a bound on the calls under way, one place that turns errors into statuses,
// and figures. Messages arrive as bytes, so that a bad one is INVALID_ARGUMENT with a sentence and not INTERNAL.
import { type handleUnaryCall, Metadata, type ServiceDefinition, status } from '@grpc/grpc-js';
import type { Clock } from '#kit/clock.ts';
import { AppError, ERROR_CODES } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

export interface AnalysisMetrics {
  /** After each call: its method, its gRPC status, and how long it took. */
  called(method: string, status: number, seconds: number): void;
  /** Calls under way, whenever that changes. */
  underWay(calls: number): void;
}

/** Answers with the response's bytes, or throws an AppError. */
export type Handle = (bytes: Uint8Array, isCancelled: () => boolean) => Promise<Uint8Array>;

export interface GateOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: number;
  readonly metrics?: AnalysisMetrics;
}

/** Wraps handlers; all that one gate wraps share its bound. */
export function createGate({ clock, log, calls, metrics }: GateOptions) {
  let underWay = 0;
  const change = (by: number) => {
    underWay += by;
    metrics?.underWay(underWay);
  };
  const statusOf = (error: unknown, method: string) => {
    if (error instanceof AppError) return { code: ERROR_CODES[error.code][2], details: error.message };
    log.error({ method, err: error }, 'a call failed');
    return { code: status.INTERNAL, details: 'the analyser failed; its log says why' };
  };
  return (method: string, handle: Handle): handleUnaryCall<Buffer, Uint8Array> =>
    (call, callback) => {
      const beganMs = clock.nowMs();
      const end = (error: unknown, bytes?: Uint8Array) => {
        const failed = error === undefined ? undefined : statusOf(error, method);
        metrics?.called(method, failed?.code ?? status.OK, (clock.nowMs() - beganMs) / 1000);
        if (failed === undefined) callback(null, bytes);
        else callback({ ...failed, metadata: new Metadata() });
      };
      if (underWay >= calls) {
        return end(new AppError('too-much', `${calls} calls are under way: try again, or add an analyser`));
      }
      change(1);
      handle(call.request, () => call.cancelled)
        .finally(() => change(-1))
        .then((bytes) => end(undefined, bytes), end);
    };
}

/** What `read` makes of the bytes; `bad-input` where they are no such message. */
export function decode<T>(read: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('bad-input', `the request is no message of this call: ${why}`, { cause: error });
  }
}

/** A service whose messages are bytes; `path` → its shape. */
export function serviceOf(paths: Readonly<Record<string, 'unary' | 'server' | 'both'>>): ServiceDefinition {
  const same = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.fromEntries(
    Object.entries(paths).map(([path, shape]) => [
      path,
      {
        path,
        requestStream: shape === 'both',
        responseStream: shape !== 'unary',
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );
}
