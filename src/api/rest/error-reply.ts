// An error as a reply: `{code, message}` with the status of the one table; of what nobody foresaw only that it happened.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, httpStatusOf } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

/** What the HTTP layer itself refuses, and what is refused as things are (409), by status. */
const CODES: Readonly<Record<number, ErrorCode | 'conflict'>> = {
  400: 'bad-usage',
  403: 'forbidden',
  404: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  503: 'unavailable',
};

export function replyWithError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (error instanceof AppError && error.code !== 'internal') {
    return reply.code(httpStatusOf(error)).send({ code: error.code, message: error.message });
  }
  const status = statusOf(error);
  if (status !== undefined && error instanceof Error) {
    return reply
      .code(status)
      .send({ code: CODES[status] ?? 'bad-usage', message: sentenceOf(status, error, request), ...choicesOf(error) });
  }
  log.error({ err: error, method: request.method, path: request.url.split('?')[0] }, 'a request failed');
  return reply.code(500).send({ code: 'internal', message: 'something failed inside; the log says what' });
}

/** A 409: what was asked for cannot be done as things are. `choices` are what would settle it. */
export function conflict(message: string, choices?: readonly string[]): Error {
  return Object.assign(new Error(message), { statusCode: 409, ...(choices === undefined ? {} : { choices }) });
}

function choicesOf(error: Error): object {
  return 'choices' in error ? { choices: error.choices } : {};
}

/** The status of an error of the HTTP layer that is the client's doing, or a time-out. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && ((status >= 400 && status < 500) || status === 503) ? status : undefined;
}

function sentenceOf(status: number, error: Error, { routeOptions }: FastifyRequest): string {
  if (status === 413) return `the body is longer than ${routeOptions.bodyLimit / 1024} kB`;
  if (status === 415) return 'expected a body of content-type application/json';
  if (status === 503) return 'this took too long; try again';
  return error.message;
}
