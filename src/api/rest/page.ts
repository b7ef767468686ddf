// The built page: its files, with hashed ones cached for good, and index.html for every address of the page, each time
// with a nonce of its own for the styles that Emotion adds, and with the mode, so that a live cluster's page never begins
// with a bar to replay.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#kit/errors.ts';
import { pagePolicy } from './security.ts';

/** Vite names files below this after their content. */
const HASHED = '/assets/';

export async function servePage(server: FastifyInstance, folder: string, mode: () => string): Promise<void> {
  const root = resolve(folder);
  await server.register(fastifyStatic, {
    root,
    index: false,
    dotfiles: 'deny',
    // index.html goes through the nonce, whatever name it is asked by.
    allowedPath: (path) => !/\.html$/i.test(path),
    suppressWarning: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const hashed = path.slice(root.length).replaceAll('\\', '/').startsWith(HASHED);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const page = (_: FastifyRequest, reply: FastifyReply) => sendPage(reply, root, mode());
  server.get('/', page);
  server.get('/index.html', page);
}

/** index.html with a fresh nonce; 503 with a sentence while it has not been built. */
export async function sendPage(reply: FastifyReply, folder: string, mode: string): Promise<FastifyReply> {
  let html: string;
  try {
    html = await readFile(join(folder, 'index.html'), 'utf8');
  } catch (cause) {
    throw new AppError('unavailable', 'the page has not been built; `npm start` builds it', { cause });
  }
  const nonce = randomBytes(18).toString('base64');
  return reply
    .header('content-security-policy', pagePolicy(nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html.replaceAll('__NONCE__', nonce).replaceAll('__MODE__', mode));
}

/** Whether what was not found is an address within the page: a browser asking for a document. */
export function isPageAddress(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = request.url.split('?')[0] ?? '';
  if (/^\/(api|healthz|readyz|metrics)(\/|$)/.test(path) || path.startsWith(HASHED)) return false;
  return (request.headers.accept ?? '').includes('text/html');
}
