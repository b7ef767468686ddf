// What a status that is not OK means to whoever wanted scores: nobody there, not allowed, or this job's own fault.
import { status } from '@grpc/grpc-js';
import { AppError } from '#kit/errors.ts';

export interface Refusal {
  readonly status: Exclude<status, typeof status.OK>;
  readonly message: string;
}

const NOBODY: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
  status.ABORTED,
  status.INTERNAL,
];

/** The error for the whole call; undefined where another job might well be answered. */
export function errorOf({ status: code, message }: Refusal, address: string): AppError | undefined {
  const name = status[code];
  if (NOBODY.includes(code)) {
    return new AppError('unavailable', `no analyser at ${address} answered: ${name}, ${message}`, { retryable: true });
  }
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) {
    const what = 'check the certificate that it is called with';
    return new AppError('forbidden', `the analyser at ${address} refuses this caller (${name}, ${message}): ${what}`);
  }
  if (code === status.UNIMPLEMENTED) {
    const what = 'neither tidewatch.v1.Analysis nor analysis.AnomalyAnalysis, as the protocol asked for';
    return new AppError('bad-config', `what listens at ${address} is no analyser; it serves ${what}: ${message}`);
  }
  return undefined;
}
