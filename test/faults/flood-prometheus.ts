// A stand-in that speaks Prometheus' HTTP API, for what no real one can be made to do in a test: a million series in one
// answer, and answers that take as long as they are told to. A process of its own, so that its work is not the product's.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const MILLION = 1_000_000;
const delaysMs = { flood: 0, others: 0 };

const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '', 'http://stand-in');
  const form = new URLSearchParams((await buffer(incoming)).toString());
  const parameters = form.size > 0 ? form : url.searchParams;
  const { pathname } = url;
  if (pathname === '/delays') {
    Object.assign(delaysMs, Object.fromEntries([...parameters].map(([name, value]) => [name, Number(value)])));
    outgoing.end();
  } else if (pathname === '/api/v1/query') {
    outgoing.end(
      JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [0, `${Date.now() / 1000}`] } }),
    );
  } else if (pathname === '/api/v1/metadata') {
    outgoing.end(JSON.stringify({ status: 'success', data: {} }));
  } else await range(parameters, outgoing);
}

async function range(parameters: URLSearchParams, outgoing: ServerResponse): Promise<void> {
  const [, metric = '', namespace = '', names = ''] =
    /^(\w+)\{namespace="([^"]*)",pod=~?"([^"]*)"\}$/.exec(parameters.get('query') ?? '') ?? [];
  await pause(namespace === 'flood' ? delaysMs.flood : delaysMs.others);
  if (/^count\(million/.test(parameters.get('query') ?? '')) {
    const result = [{ metric: {}, values: [[Number(parameters.get('end')), `${MILLION}`]] }];
    outgoing.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    return;
  }
  const values = valuesOf(parameters);
  outgoing.write('{"status":"success","data":{"resultType":"matrix","result":[');
  const pods = names.split('|');
  const count = metric === 'million' ? MILLION : pods.length;
  for (let index = 0; index < count && !outgoing.destroyed; index++) {
    const pod = pods[index % pods.length];
    const labels = JSON.stringify({
      __name__: metric,
      namespace,
      pod,
      ...(index < pods.length ? {} : { index: `${index}` }),
    });
    if (outgoing.write(`${index === 0 ? '' : ','}{"metric":${labels},"values":[${values}]}`)) continue;
    await drained(outgoing);
  }
  outgoing.end(']}}');
}

async function drained(outgoing: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(outgoing, 'drain', { signal }), once(outgoing, 'close', { signal })]);
  over.abort();
}

/** A gentle wave, the same at each time whoever asks. */
function valuesOf(parameters: URLSearchParams): string {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
  const values: string[] = [];
  for (let second = start; second <= end; second += step) values.push(`[${second},"${10 + Math.sin(second / 100)}"]`);
  return values.join(',');
}
