// For tests: the server over a world, where every reply is checked against its schema before a test sees it.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ErrorSchema, type Reply, ROUTES, type RouteName } from './contract.ts';
import { createServer, type RestServer, type ServerDeps } from './server.ts';
import { createTestClock, createTestLog, createWorld, type TestClock, type TestLog, type World } from './test-world.ts';

export interface TestServer {
  readonly world: World;
  readonly server: RestServer;
  readonly clock: TestClock;
  readonly log: TestLog;
  /** The reply, which is 200 and of the route's schema, without anything beside it. */
  get<Name extends RouteName>(
    name: Name,
    query?: Record<string, string>,
    params?: Record<string, string>,
  ): Promise<Reply<Name>>;
  /** The error's status, code and message. */
  refused(url: string): Promise<{ status: number; code: string; message: string }>;
}

/** Most tests ask for no page: nothing is made for them. */
const NO_PAGE = join(tmpdir(), 'tidewatch-no-page');

/** What a test may choose; the rest of the server's needs come from the world. */
type Options = { readonly world?: World } & Partial<Omit<ServerDeps, 'store' | 'about' | 'log' | 'clock'>>;

export async function serveWorld(options: Options = {}): Promise<TestServer> {
  const { world = createWorld(), webFolder = NO_PAGE, ...more } = options;
  const clock = createTestClock();
  const log = createTestLog();
  const about = { version: '1.2.3', data: 'a folder', watchCommand: 'tidewatch run' };
  const { store, replay } = world;
  const server = await createServer({ store, replay, webFolder, about, log, clock, ...more });
  return {
    world,
    server,
    clock,
    log,
    async get(name, query = {}, params = {}) {
      const url = ROUTES[name].path.replaceAll(/\{(\w+)\}/g, (_, part: string) => params[part] ?? '');
      const response = await server.inject({ method: 'GET', url, query });
      if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${response.body}`);
      const reply: unknown = response.json();
      const parsed = ROUTES[name].reply.parse(reply);
      if (!isDeepStrictEqual(parsed, reply)) throw new Error('the reply has fields that its schema does not know');
      return parsed as Reply<typeof name>;
    },
    async refused(url) {
      const response = await server.inject({ method: 'GET', url });
      return { status: response.statusCode, ...ErrorSchema.strict().parse(response.json()) };
    },
  };
}
