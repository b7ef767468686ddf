// A stand-in that speaks Prometheus' HTTP API, for what no real one can be made to do in a test: a million series in one
// answer, and answers that take as long as they are told to. A process of its own, so that its work is not the product's.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { POD_SELECTOR, serveStandIn } from '../fixtures/prometheus-stand-in.ts';

const MILLION = 1_000_000;
const delaysMs = { flood: 0, others: 0 };

await serveStandIn((path, parameters, outgoing) => {
  if (path !== '/delays') return range(parameters, outgoing);
  Object.assign(delaysMs, Object.fromEntries([...parameters].map(([name, value]) => [name, Number(value)])));
  return outgoing.end();
});

async function range(parameters: URLSearchParams, outgoing: ServerResponse): Promise<void> {
  const [, metric = '', namespace = '', names = ''] = POD_SELECTOR.exec(parameters.get('query') ?? '') ?? [];
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
