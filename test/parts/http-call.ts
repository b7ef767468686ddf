// One HTTP or HTTPS request to a part. Unlike `fetch` it takes the certificates to trust, which a control plane makes
// for itself, and every status is an answer.
import { request as requestHttp } from 'node:http';
import { type Agent, request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

export interface CallOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** The certificates to trust, in PEM. */
  readonly ca?: string;
  /** Whether any certificate will do: for a part that is told no secret. */
  readonly trustAnybody?: boolean;
  /** 10 s unless told. */
  readonly timeoutMs?: number;
  /** Whose connections are used; one of its own unless told. */
  readonly agent?: Agent;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Rejects when there is no answer in time. */
export async function callHttp(url: string, options: CallOptions = {}): Promise<Reply> {
  const { method = 'GET', body, headers = {}, token, ca, trustAnybody = false, timeoutMs = 10_000 } = options;
  const { agent = false } = options;
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(signal.aborted ? new Error(`${url} did not answer within ${timeoutMs} ms`) : error);
    const call = request(url, {
      method,
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      agent,
      rejectUnauthorized: !trustAnybody,
      signal,
      ...(ca === undefined ? {} : { ca }),
    });
    call.on('error', fail);
    call.on('response', (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, text: answer }), fail);
    });
    call.end(body);
  });
}

/** The answer's JSON. Rejects with a sentence when its status is not 2xx. */
export async function callJson<T>(url: string, options: CallOptions = {}): Promise<T> {
  const { status, text: answer } = await callHttp(url, options);
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}: ${answer.slice(0, 1000)}`);
  return JSON.parse(answer) as T;
}
