// One error type with a code; the table says, once, what each code means to a shell, to HTTP and to gRPC.

/** code → [exit code (sysexits.h where one fits), HTTP status, gRPC status] */
export const ERROR_CODES = {
  'bad-usage': [64, 400, 3],
  'bad-input': [65, 422, 3],
  'tape-truncated': [65, 422, 15],
  'tape-corrupt': [65, 422, 15],
  'tape-foreign': [65, 422, 3],
  'tape-newer': [65, 422, 12],
  'not-found': [66, 404, 5],
  unavailable: [69, 503, 14],
  internal: [70, 500, 13],
  'cannot-write': [73, 507, 8],
  'disk-full': [74, 507, 8],
  'too-much': [65, 422, 8],
  'in-use': [75, 409, 9],
  'stale-epoch': [76, 409, 9],
  'other-stream': [76, 409, 9],
  'store-corrupt': [74, 500, 15],
  'store-newer': [78, 500, 12],
  forbidden: [77, 403, 7],
  'bad-config': [78, 422, 3],
  'gate-failed': [1, 422, 9],
} as const satisfies Record<string, readonly [exit: number, http: number, grpc: number]>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that a user or a caller can act on: the message says what, where and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? ERROR_CODES[error.code][0] : ERROR_CODES.internal[0];
}

export function httpStatusOf(error: unknown): number {
  return error instanceof AppError ? ERROR_CODES[error.code][1] : ERROR_CODES.internal[1];
}
