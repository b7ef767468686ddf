// What went wrong between a question and its answer, as the errors that a PrometheusSource promises.
import { AppError, type ErrorCode } from '#kit/errors.ts';
import { parseJson } from './answer-text.ts';

const MOST_TEXT = 500;
/** What helps when it is not the Prometheus that was meant. */
export const ANOTHER = 'name another with --prometheus URL';

/** What OpenSSL says of an answer that is no TLS at all. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|INVALID_RECORD|EPROTO/;

/** An AppError that knows how long the server wants to be left alone. */
export class AnswerError extends AppError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AnswerErrorOptions = {}) {
    super(code, message, options);
    this.name = 'AnswerError';
    this.retryAfterMs = options.retryAfterMs;
  }
}

interface AnswerErrorOptions {
  readonly cause?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** For an error that stands in the JSON of an answer. */
export function errorOfType(address: string, type: string, message: string): AppError {
  const said = `${address} refused the query (${type || 'no type'}): ${cut(message)}`;
  if (/too many (samples|series)|limit of .* exceeded|exceeds? .*limit/i.test(message)) {
    return new AppError('too-much', `${said}; ask for fewer series, a shorter range or a longer step`);
  }
  const isPassing = /^(timeout|canceled|unavailable|internal|503|429|5\d\d)$/.test(type);
  return new AppError(isPassing ? 'unavailable' : 'bad-input', said, { retryable: isPassing });
}

/** For an answer with a status other than 200, with the beginning of its body. */
export function errorOfStatus(
  address: string,
  status: number,
  text: string,
  wait: { readonly retryAfter?: string | undefined; readonly nowMs: number },
): AppError {
  const { type, message } = errorIn(text);
  if (status === 401 || status === 403) {
    return new AppError('forbidden', `${address} refused us (${status}): check the token or password that it is given`);
  }
  if (status === 429 || status >= 500) {
    const said = message === undefined ? '' : `: ${cut(message)}`;
    return new AnswerError('unavailable', `${address} cannot answer now (${status})${said}`, {
      retryable: true,
      retryAfterMs: retryAfterMs(wait.retryAfter, wait.nowMs),
    });
  }
  if (message !== undefined) return errorOfType(address, type ?? String(status), message);
  // As Go's and nginx' servers answer.
  if (status === 400 && /HTTP request (was sent )?to (an )?HTTPS/i.test(text)) {
    return new AppError('bad-input', `${address} speaks TLS: write https:// instead of http://, or ${ANOTHER}`);
  }
  const kind = text.trimStart().startsWith('<') ? 'with HTML' : 'without saying why';
  return new AppError(
    'bad-input',
    `${address} answered ${status} ${kind}: is this the address of a Prometheus, with the path in front of /api/v1? Else ${ANOTHER}`,
  );
}

/** For a question that got no answer. */
export function errorOfConnection(address: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = codeWithin(cause);
  if (NO_TLS.test(code)) {
    const message = `${address} speaks no TLS (${code}): write http:// instead of https://, or ${ANOTHER}`;
    return new AppError('unavailable', message, { cause });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS|ERR_SSL/.test(code)) {
    const remedy = 'let NODE_EXTRA_CA_CERTS be the file of its authority, and check the name in the address';
    return new AppError('unavailable', `the certificate of ${address} is not trusted (${code}): ${remedy}`, { cause });
  }
  const message = `no answer from ${address} (${code}): is it running, and is its address right? Else ${ANOTHER}`;
  return new AppError('unavailable', message, { cause, retryable: true });
}

/** Seconds or a date, as HTTP has it. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function errorIn(text: string): { readonly type?: string; readonly message?: string } {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null) return {};
  return {
    ...('errorType' in body && typeof body.errorType === 'string' ? { type: body.errorType } : {}),
    ...('error' in body && typeof body.error === 'string' ? { message: body.error } : {}),
  };
}

function codeWithin(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  return error.cause === undefined ? error.message : codeWithin(error.cause);
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} …` : text;
}
