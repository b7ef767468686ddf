// The REST client. Paths and replies come from the API's contract as types alone, so that a path that is not in it does
// not compile and none of its schemas is shipped to the browser.
import type { ReplayCommand, Reply, ROUTES, RouteName } from '#api/rest/contract.ts';

/** Those that the page asks for. */
export type GetName = Exclude<RouteName, 'control' | 'hearAlertmanager' | 'scrapeTargets'>;
export type Query = Readonly<Record<string, string | number | undefined>>;

const PATHS: { readonly [Name in GetName]: (typeof ROUTES)[Name]['path'] } = {
  about: '/api/about',
  alerts: '/api/alerts',
  replay: '/api/replay',
  overview: '/api/overview',
  timeline: '/api/timeline',
  entity: '/api/entity',
  series: '/api/series',
  findings: '/api/findings',
  finding: '/api/finding',
  spans: '/api/spans',
  answerKey: '/api/answer-key',
  anomaly: '/api/anomaly/{serviceName}',
  detectors: '/api/detectors',
  tracks: '/api/tracks',
};

/** An answer that is not 2xx. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** What was asked for is not there, or not yet at this moment of the replay. */
export function isMissing(error: Error): boolean {
  return error instanceof ApiError && error.status === 404;
}

export interface Client {
  get<Name extends GetName>(name: Name, query?: Query): Promise<Reply<Name>>;
  control(command: ReplayCommand): Promise<Reply<'control'>>;
}

export function createClient(fetcher: typeof fetch): Client {
  const request = async (url: string, init?: RequestInit): Promise<unknown> => {
    let response: Response;
    try {
      response = await fetcher(url, init);
    } catch (cause) {
      throw new ApiError(0, 'unreachable', 'The server does not answer', cause);
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw errorOf(response, body);
    return body;
  };
  return {
    get: (name, query) => request(urlOf(PATHS[name], query)) as Promise<Reply<typeof name>>,
    control: (command) =>
      request(PATHS.replay, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      }) as Promise<Reply<'control'>>,
  };
}

function urlOf(template: string, query: Query = {}): string {
  let path = template;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const filled = path.replace(`{${name}}`, encodeURIComponent(value));
    if (filled === path) search.set(name, String(value));
    path = filled;
  }
  const words = search.toString();
  return words === '' ? path : `${path}?${words}`;
}

function errorOf(response: Response, body: unknown): ApiError {
  const said = (typeof body === 'object' && body !== null ? body : {}) as { code?: unknown; message?: unknown };
  const code = typeof said.code === 'string' ? said.code : `http-${response.status}`;
  const message = typeof said.message === 'string' ? said.message : `The server answered ${response.status}`;
  return new ApiError(response.status, code, message);
}
