// What never became a request: answered in the shape of every other error, at every HTTP door.
import type { Socket } from 'node:net';
import type { ErrorCode } from '#kit/errors.ts';

/** What the parser of HTTP gives up on: [status line, code, message]; of the rest it is not known what was meant. */
const UNREADABLE: Readonly<Record<string, readonly [status: string, code: ErrorCode, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'bad-usage', 'the address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'unavailable', 'the request did not come in time; try again'],
};
const NO_HTTP = ['400 Bad Request', 'bad-usage', 'this is no HTTP request that can be read'] as const;

/** Answers what never became a request in the shape of every other error, and ends the connection. */
export function replyToUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, code, message] = UNREADABLE[error.code ?? ''] ?? NO_HTTP;
  const body = JSON.stringify({ code, message });
  const head = [
    `HTTP/1.1 ${status}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ].join('\r\n');
  if (socket.writable) socket.write(`${head}\r\n\r\n${body}`);
  socket.destroySoon();
}
