// Who may ask, on a machine where there are no names yet: this machine's own pages only. A page of another site is kept
// out by Origin and Sec-Fetch-Site, one that had its name resolve to 127.0.0.1 (DNS rebinding) by Host.
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '#kit/errors.ts';

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Sent with every reply; a page gets its own content-security-policy. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The policy of the page: its own files, and styles that carry the nonce of this one reply. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Throws `forbidden` unless the request came to this machine's own name, and from its own page or none. The port may be
 * another one: `kubectl port-forward 9090:8080` has it so, and the name alone stops rebinding.
 */
export function checkCaller(headers: IncomingHttpHeaders, boundPort: number | undefined): void {
  const { host, origin } = headers;
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host ?? '') ?? [];
  if (!LOOPBACK_NAME.test(name)) {
    const expected = boundPort === undefined ? 'localhost' : `localhost:${boundPort}`;
    throw new AppError('forbidden', `Host "${host ?? ''}" is not this server; open it as http://${expected}`);
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase()) {
    throw new AppError('forbidden', `a page of ${origin} may not ask here; only pages of http://${host} may`);
  }
  const site = headers['sec-fetch-site'];
  const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  // Following a link to here is no harm: the other page cannot read what comes.
  if (fromElsewhere && headers['sec-fetch-mode'] !== 'navigate') {
    throw new AppError('forbidden', `a page of another site may not ask here; only pages of http://${host} may`);
  }
}
