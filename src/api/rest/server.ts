// The REST server: every route of the contract, the event stream, the page and the health checks behind one door.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { boundConnections, CHECK_MS, type ConnectionStats } from '../connections.ts';
import { replyToUnreadable } from '../unreadable.ts';
import type { Context } from './context.ts';
import { type Health, ROUTES, type Route, STREAM_PATH } from './contract.ts';
import { replyWithError } from './error-reply.ts';
import { HANDLERS } from './handlers/index.ts';
import { readyNotes, unreadyReason } from './health.ts';
import { type Listening, listen, portOf } from './listen.ts';
import { createMoments } from './moment.ts';
import { openApi } from './openapi.ts';
import { isPageAddress, sendPage, servePage } from './page.ts';
import { createPast } from './past.ts';
import { checkCaller, SECURITY_HEADERS } from './security.ts';
import { createStream, type Stream, type StreamStats } from './stream.ts';
import { createTrackReader } from './track-reader.ts';
import { createCheck } from './validation.ts';

const OPENAPI_PATH = '/api/openapi.json';
const MOST_CONNECTIONS = 1000;
/** A handler has half of it. */
const ANSWER_MS = 60_000;
const LIMITS = {
  bodyLimit: 64 * 1024,
  requestTimeout: 10_000,
  handlerTimeout: 30_000,
  // Longer than the event stream is ever silent.
  connectionTimeout: 60_000,
  keepAliveTimeout: 10_000,
  http: { connectionsCheckingInterval: CHECK_MS },
} as const;

/** What handlers work with, but for what is made of it here. */
export interface ServerDeps extends Omit<Context, 'moments' | 'past' | 'tracks'> {
  /** Why only a new start helps; undefined as long as the process lives. */
  readonly alive?: () => string | undefined;
  /** What /metrics answers; without it there is no such address. */
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Folder of the built page. */
  readonly webFolder: string;
}

/** Requests of one address of the contract that ended with a status of 400 or more. */
export interface FailedRequests {
  readonly path: string;
  readonly status: number;
  readonly count: number;
}

export interface RestServer {
  listen(wanted: { readonly host: string; readonly port: number }): Promise<Listening>;
  /** For tests: a request without a socket. */
  readonly inject: FastifyInstance['inject'];
  doorStats(): ConnectionStats & { readonly stream: StreamStats; readonly failed: readonly FailedRequests[] };
  /** Ends every connection. Does nothing the second time. */
  close(): Promise<void>;
}

export async function createServer(deps: ServerDeps): Promise<RestServer> {
  const { store, replay } = deps;
  const context: Context = {
    ...deps,
    moments: createMoments(deps),
    past: createPast(store, replay),
    tracks: createTrackReader(store, () => replay.state().tape.fromMs),
  };
  const stream = createStream(context);
  const mode = () => replay.state().mode;
  const failed = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    replyWithError(error, request, reply, deps.log);
  const server = Fastify({
    ...LIMITS,
    forceCloseConnections: true,
    clientErrorHandler: replyToUnreadable,
    // A path that cannot be decoded never reaches the hooks.
    frameworkErrors: (error, request, reply) => void failed(error, request, reply.headers(SECURITY_HEADERS)),
  });
  const connections = boundConnections(server.server, { most: MOST_CONNECTIONS, answerMs: ANSWER_MS });
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request, reply) => {
    // It was let go while it asked on: no work is done for it.
    if (request.raw.socket.destroyed) return reply.hijack();
    reply.headers(SECURITY_HEADERS);
    checkCaller(request.headers, portOf(server));
  });
  server.setErrorHandler(failed);
  server.setNotFoundHandler((request, reply) => {
    if (isPageAddress(request)) return sendPage(reply, deps.webFolder, mode());
    return failed(unknownPath(request), request, reply);
  });
  const failures = countFailures(server);
  addRoutes(server, context, stream);
  addHealth(server, context, stream, deps.alive);
  if (deps.metrics !== undefined) addMetrics(server, deps.metrics);
  await servePage(server, deps.webFolder, mode);
  await server.ready();

  let closed: Promise<void> | undefined;
  return {
    listen: (wanted) => listen(server, wanted),
    inject: server.inject.bind(server) as FastifyInstance['inject'],
    doorStats: () => ({ ...connections(), stream: stream.stats(), failed: [...failures.values()] }),
    close() {
      closed ??= (async () => {
        context.moments.close();
        stream.close();
        await server.close();
      })();
      return closed;
    },
  };
}

interface Unchecked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** By an address of the contract, never by what was asked for: that may be anything. */
function countFailures(server: FastifyInstance): ReadonlyMap<string, FailedRequests> {
  const failures = new Map<string, FailedRequests>();
  server.addHook('onResponse', async ({ routeOptions }, { statusCode: status }) => {
    const path = routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? 'unknown';
    const key = `${status} ${path}`;
    if (status >= 400) failures.set(key, { path, status, count: (failures.get(key)?.count ?? 0) + 1 });
  });
  return failures;
}

function addRoutes(server: FastifyInstance, context: Context, stream: Stream): void {
  for (const [name, route] of Object.entries(ROUTES) as [keyof typeof ROUTES, Route][]) {
    // The name binds route and handler: what the route's schemas checked is what its handler takes.
    const handler = HANDLERS[name] as (context: Context, input: Unchecked) => Promise<unknown>;
    const checkParams = createCheck(route.params ?? z.object({}), 'params');
    const checkQuery = createCheck(route.query ?? z.object({}), 'query');
    const checkBody = route.body && createCheck(route.body, 'body');
    server.route({
      method: route.method,
      // OpenAPI's braces are Fastify's colons.
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      ...(route.mostBodyBytes !== undefined && { bodyLimit: route.mostBodyBytes }),
      handler: async (request, reply) => {
        const params = checkParams(request.params);
        const query = checkQuery(request.query);
        const body = checkBody?.(request.body);
        const answer = await handler(context, { params, query, body });
        if (route.changes === true) stream.changed();
        else if (route.method === 'POST') stream.tell();
        return reply.header('cache-control', 'no-store').send(answer);
      },
    });
  }
  server.get(STREAM_PATH, { exposeHeadRoute: false }, (request, reply) => stream.accept(request, reply));
  const document = openApi(context.about.version);
  server.get(OPENAPI_PATH, async (_, reply) => reply.header('cache-control', 'no-cache').send(document));
}

function addHealth(server: FastifyInstance, context: Context, stream: Stream, alive: ServerDeps['alive']): void {
  server.get('/healthz', async (_, reply) => {
    reply.header('cache-control', 'no-store');
    const reason = alive?.();
    if (reason !== undefined) return reply.code(503).send({ code: 'internal', message: reason });
    const health: Health = { status: 'ok', stream: stream.stats() };
    return reply.send(health);
  });
  server.get('/readyz', async (_, reply) => {
    const reason = await unreadyReason(context);
    reply.header('cache-control', 'no-store');
    const notes = readyNotes(context);
    if (reason === undefined) return reply.send({ status: 'ready', ...(notes.length > 0 && { notes }) });
    return reply.code(503).send({ code: 'unavailable', message: reason });
  });
}

function addMetrics(server: FastifyInstance, metrics: NonNullable<ServerDeps['metrics']>): void {
  server.get('/metrics', async (_, reply) => {
    const { contentType, text } = await metrics();
    return reply.header('cache-control', 'no-store').header('content-type', contentType).send(text);
  });
}

function unknownPath(request: FastifyRequest): AppError {
  const path = request.url.split('?')[0] ?? '';
  const known = [...Object.values(ROUTES).map((route) => route.path), STREAM_PATH, OPENAPI_PATH];
  const close = nearest(path, known);
  const hint =
    close === undefined || close === path ? `what there is stands in ${OPENAPI_PATH}` : `did you mean ${close}?`;
  return new AppError('not-found', `there is no ${request.method} ${path}; ${hint}`);
}
