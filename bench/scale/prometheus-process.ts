// A stand-in that speaks Prometheus' API for the scale run: a real one of this size would have the machine to itself. The texts of
// samples are made once for each window and put together with labels that are ready, so that it costs the product little CPU.
import { POD_SELECTOR, serveStandIn } from '../../test/fixtures/prometheus-stand-in.ts';
import { appsOf, labelsOf, type Size, VARIANTS, valueAt, variantOf } from './world.ts';

const size: Size = JSON.parse(process.argv[2] ?? '{}');
/** Queries of an interval that several checks ask for are few: those before are not asked for again. */
const MOST_WINDOWS = 8;

/** Of each pod, the text of its containers' labels. */
const labels = new Map<string, readonly Buffer[]>();
for (const app of appsOf(size)) {
  for (const pod of app.pods) {
    const texts = labelsOf(app, pod, size.perDetector).map((one) =>
      Buffer.from(`${JSON.stringify(one).slice(1)},"values":`),
    );
    labels.set(pod, texts);
  }
}
const windows = new Map<string, readonly Buffer[]>();

await serveStandIn((_, parameters, outgoing) => {
  const [, metric, , pods] = POD_SELECTOR.exec(parameters.get('query') ?? '') ?? [];
  if (metric !== undefined && pods !== undefined) outgoing.end(bodyOf(metric, pods.split('|'), windowOf(parameters)));
  else outgoing.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }));
});

function bodyOf(metric: string, pods: readonly string[], values: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('{"status":"success","data":{"resultType":"matrix","result":[')];
  const begin = Buffer.from(`{"metric":{"__name__":"${metric}",`);
  const [end, comma] = [Buffer.from('}'), Buffer.from(',')];
  for (const pod of pods) {
    for (const [container, text] of (labels.get(pod) ?? []).entries()) {
      const samples = values[variantOf(metric, pod, container)] as Buffer;
      if (parts.length > 1) parts.push(comma);
      parts.push(begin, text, samples, end);
    }
  }
  parts.push(Buffer.from(']}}'));
  return Buffer.concat(parts);
}

/** The texts of all variants in the window that is asked for. */
function windowOf(parameters: URLSearchParams): readonly Buffer[] {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
  const key = `${start} ${end} ${step}`;
  const known = windows.get(key);
  if (known !== undefined) return known;
  const made = Array.from({ length: VARIANTS }, (_, variant) => {
    const samples: string[] = [];
    for (let second = start; second <= end; second += step) {
      samples.push(`[${second},"${valueAt(variant, second / step)}"]`);
    }
    return Buffer.from(`[${samples.join(',')}]`);
  });
  windows.set(key, made);
  const [oldest] = windows.keys();
  if (oldest !== undefined && windows.size > MOST_WINDOWS) windows.delete(oldest);
  return made;
}
