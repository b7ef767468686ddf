// Pools of connections to one API server, one for each set of certificates. The newest is used; one that is out of use
// closes when its last answer has ended, and the server's time-out of a watch sees to that.
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { KubeCredentials } from './access.ts';
import { KubeError } from './kube-error.ts';

export interface Dispatchers {
  of(credentials: KubeCredentials): Dispatcher;
  /** Everything ends, also what is under way. */
  close(): Promise<void>;
}

/** A watch holds one connection for as long as it runs; the rest is more than our calls in flight. */
const MOST_CONNECTIONS = 64;
const CONNECT_MS = 10_000;
/** As client-go: some balancers forget a connection that is quiet for a minute. */
const PROBE_AFTER_MS = 30_000;

export function openDispatchers(server: string): Dispatchers {
  const open = new Set<Dispatcher>();
  let current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;
  let isClosed = false;
  return {
    of: (credentials) => {
      const { headers: _token, ...certificates } = credentials;
      const key = JSON.stringify(certificates);
      if (isClosed) throw new KubeError(0, 'Aborted', `the client of ${server} is closed`);
      if (current?.key === key) return current.dispatcher;
      const old = current?.dispatcher;
      current = { key, dispatcher: makeDispatcher(server, credentials) };
      open.add(current.dispatcher);
      // It rejects when everything is closed meanwhile, which is as good an end.
      if (old !== undefined)
        void old.close().then(
          () => open.delete(old),
          () => open.delete(old),
        );
      return current.dispatcher;
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...open].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function makeDispatcher(
  server: string,
  { ca, cert, key, serverName, insecure, proxyUrl }: KubeCredentials,
): Dispatcher {
  const tls = server.startsWith('https:')
    ? {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(serverName === undefined ? {} : { servername: serverName }),
        rejectUnauthorized: !insecure,
      }
    : {};
  const connect = { ...tls, timeout: CONNECT_MS, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS };
  // Deadlines are the client's own. One connection a stream: with HTTP/2 one reset would end every watch at once.
  const common = { headersTimeout: 0, bodyTimeout: 0, connections: MOST_CONNECTIONS, allowH2: false };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...common, uri: proxyUrl, requestTls: connect });
  return new Agent({ ...common, connect });
}
