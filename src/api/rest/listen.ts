// Opens the port: loopback only, and the next free one when the wanted one is busy.
import type { FastifyInstance } from 'fastify';
import { AppError } from '#kit/errors.ts';

/** How many ports after the wanted one are tried. */
const MOST_BUSY = 20;

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8081`, as a browser takes it. */
  readonly url: string;
  /** Ports that were wanted and busy, ascending; [] when the first was free. */
  readonly busyPorts: readonly number[];
}

/**
 * Listens on `host` at `port` or one of the twenty after it; port 0 takes any. Throws `forbidden` for a host beyond
 * loopback, where everybody on the network could read and steer, as there is no sign-in; `in-use` when all are busy.
 */
export async function listen(server: FastifyInstance, wanted: { host: string; port: number }): Promise<Listening> {
  const host = loopbackOf(wanted.host);
  const busyPorts: number[] = [];
  for (;;) {
    const port = wanted.port === 0 ? 0 : wanted.port + busyPorts.length;
    if (busyPorts.length > MOST_BUSY || port > 65_535) {
      const range = `${wanted.port} to ${busyPorts.at(-1)}`;
      throw new AppError('in-use', `ports ${range} of ${host} are all busy; name a free one with --port, or 0 for any`);
    }
    try {
      await server.listen({ host, port });
      const boundPort = portOf(server) ?? port;
      const urlHost = host.includes(':') ? `[${host}]` : host;
      return { host, port: boundPort, url: `http://${urlHost}:${boundPort}`, busyPorts };
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw refusal(error, host, port);
      busyPorts.push(port);
    }
  }
}

/** The port that the server listens on; undefined while it does not. */
export function portOf(server: FastifyInstance): number | undefined {
  const [bound] = server.addresses();
  return typeof bound === 'object' ? bound.port : undefined;
}

/**
 * The address that is meant: `localhost` may resolve to anything, so it is taken as what it stands for. Throws as `listen`
 * does; for who opens other things before the port.
 */
export function loopbackOf(host: string): string {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost') return '127.0.0.1';
  if (name === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(name)) return name;
  throw new AppError(
    'forbidden',
    `will not listen on ${host}: without a sign-in everybody on the network could read and steer; use 127.0.0.1 and a tunnel (ssh -L)`,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function refusal(error: unknown, host: string, port: number): unknown {
  const code = codeOf(error);
  if (code === 'EACCES')
    return new AppError('forbidden', `may not listen on port ${port}; use one above 1023`, { cause: error });
  if (code === 'EADDRNOTAVAIL')
    return new AppError('bad-usage', `${host} is no address of this machine`, { cause: error });
  return error;
}
