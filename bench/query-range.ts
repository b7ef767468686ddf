// `bench query-range`: the body of a range query to typed arrays (target P11), beside JSON.parse and beside Python with
// orjson and NumPy. Same bytes, and first the check that all columns are the same to the bit; only then the time: the
// sides in turn, on one machine, five times or more.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { createMatrixParser } from '#collect/prometheus/matrix-parser.ts';
import { AppError } from '#kit/errors.ts';
import { createRng, type Rng } from '#stats/rng.ts';
import { markdownTable, medianOf, type Run, spread, timed } from './measure.ts';
import { type PythonPeer, startPython } from './reference/python-peer.ts';

const SERIES = 1000;
const POINTS = 500;
const STEP_SECONDS = 15;
/** As a body arrives. */
const PIECE_BYTES = 65_536;
const TARGETS = { 'JSON.parse': '3× → 5×', 'orjson + NumPy': '10× → 20×' } as const;

/** Kinds of values by series, as Prometheus prints them. */
const GAUGE = (rng: Rng) => String(Math.floor(2e8 + 1e6 * rng.normal()));
const SHORT = (rng: Rng) => (50 + 10 * rng.normal()).toFixed(3);
const RATE = (rng: Rng) => String(0.01 + 3 * rng.uniform());
const BODIES = {
  // Two series in five are rates with all their digits, two are whole numbers, one has few decimals.
  mixed: [RATE, GAUGE, SHORT, RATE, GAUGE],
  'rates only': [RATE],
} as const;

export const bench = {
  name: 'query-range',
  summary: 'a query_range body to typed arrays, beside JSON.parse and Python orjson + NumPy: [--runs 7]',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '7' } } });
    const times = Number(values.runs);
    if (!Number.isInteger(times) || times < 5) {
      throw new AppError('bad-usage', `--runs ${values.runs}: a whole number of 5 or more is needed`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
    try {
      const rows: string[][] = [];
      for (const name of Object.keys(BODIES) as (keyof typeof BODIES)[]) {
        rows.push(...(await compareBody(name, folder, times)));
      }
      const head = [
        'body',
        'MB',
        'ours, ms',
        'ours, CPU s',
        'peer',
        'peer, ms',
        'faster (range)',
        'less CPU',
        'floor → aim',
      ];
      process.stdout.write(`${markdownTable(head, rows)}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function compareBody(name: keyof typeof BODIES, folder: string, times: number): Promise<string[][]> {
  const body = makeBody(BODIES[name]);
  const file = join(folder, 'body.json');
  await writeFile(file, body);
  const script = fileURLToPath(new URL('reference/query_range.py', import.meta.url));
  const peer = await startPython(script, [file]).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`\n!!! ${error.message} (This benchmark needs orjson instead of pandas.)\n\n`);
    return undefined;
  });
  try {
    const { python = '', orjson = '', numpy = '' } = peer?.versions ?? {};
    const versions = peer === undefined ? '' : `; Python ${python}, orjson ${orjson}, NumPy ${numpy}`;
    process.stdout.write(`${name}: Node ${process.versions.node}${versions}; one thread each\n`);
    await checkEqual(body, peer, join(folder, 'columns'));
    return await timeInTurn(name, body, peer, times);
  } finally {
    await peer?.close();
  }
}

async function checkEqual(body: Uint8Array, peer: PythonPeer | undefined, path: string): Promise<void> {
  const ours = columnsOf(parseOurs(body));
  const check = (theirs: Float64Array, who: string) => {
    const isSame = ours.length === theirs.length && ours.every((value, index) => Object.is(value, theirs[index]));
    if (!isSame) throw new AppError('gate-failed', `${who} gives other columns: no time is worth printing`);
  };
  check(columnsOf(parseJson(body)), 'JSON.parse');
  if (peer === undefined) return;
  await peer.run('orjson', path);
  check(new Float64Array((await readFile(path)).buffer), 'Python');
}

async function timeInTurn(
  name: string,
  body: Uint8Array,
  peer: PythonPeer | undefined,
  times: number,
): Promise<string[][]> {
  // Before it counts: the first calls compile.
  for (let round = 0; round < 3; round++) {
    parseOurs(body);
    parseJson(body);
  }
  const ours: Run[] = [];
  const json: Run[] = [];
  const python: Run[] = [];
  for (let round = 0; round < times; round++) {
    ours.push(timed(() => parseOurs(body)));
    json.push(timed(() => parseJson(body)));
    if (peer !== undefined) python.push(await peer.run('orjson'));
  }
  const row = (who: keyof typeof TARGETS, theirs: readonly Run[]) => [
    name,
    (body.length / 1e6).toFixed(1),
    ...compareRuns(ours, who, theirs),
    TARGETS[who],
  ];
  const unmeasured = [name, (body.length / 1e6).toFixed(1), '', '', 'orjson + NumPy', 'NOT MEASURED'];
  return [row('JSON.parse', json), peer === undefined ? unmeasured : row('orjson + NumPy', python)];
}

function compareRuns(ours: readonly Run[], who: string, theirs: readonly Run[]): string[] {
  const wall = (runs: readonly Run[]) => runs.map(({ wallSeconds }) => wallSeconds * 1000);
  const cpu = (runs: readonly Run[]) => medianOf(runs.map(({ cpuSeconds }) => cpuSeconds));
  const ratios = wall(theirs).map((ms, round) => ms / (wall(ours)[round] ?? Number.NaN));
  const range = `${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`;
  return [
    spread(wall(ours)),
    cpu(ours).toFixed(3),
    who,
    spread(wall(theirs)),
    `${(medianOf(wall(theirs)) / medianOf(wall(ours))).toFixed(1)}× (${range})`,
    `${(cpu(theirs) / cpu(ours)).toFixed(1)}×`,
  ];
}

function parseOurs(body: Uint8Array): readonly FetchedSeries[] {
  const parser = createMatrixParser({ address: 'the benchmark', maxSeries: SERIES, maxBytes: body.length });
  for (let at = 0; at < body.length; at += PIECE_BYTES) parser.push(body.subarray(at, at + PIECE_BYTES));
  return parser.finish().series;
}

/** As one would write it without a scanner. */
function parseJson(body: Uint8Array): readonly FetchedSeries[] {
  const answer = JSON.parse(new TextDecoder().decode(body)) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return answer.data.result.map(({ metric, values }) => {
    const timesMs = new Float64Array(values.length);
    const column = new Float64Array(values.length);
    for (let index = 0; index < values.length; index++) {
      const [seconds, text] = values[index] as [number, string];
      timesMs[index] = Math.round(seconds * 1000);
      column[index] = Number(text);
    }
    return { labels: metric, timesMs, values: column };
  });
}

/** All times, then all values. */
function columnsOf(series: readonly FetchedSeries[]): Float64Array {
  const columns = [...series.map(({ timesMs }) => timesMs), ...series.map(({ values }) => values)];
  const whole = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    whole.set(column, at);
    at += column.length;
  }
  return whole;
}

function makeBody(kinds: readonly ((rng: Rng) => string)[]): Uint8Array {
  const rng = createRng(11);
  const series = Array.from({ length: SERIES }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? GAUGE;
    const samples = Array.from(
      { length: POINTS },
      (_, point) => `[${1_700_000_000 + point * STEP_SECONDS},"${kind(rng)}"]`,
    );
    const metric = JSON.stringify({
      __name__: 'container_cpu_usage_seconds_total',
      container: 'server',
      namespace: 'shop',
      node: `worker-${index % 20}`,
      pod: `cart-5f6585d649-${String(index).padStart(5, 'x')}`,
    });
    return `{"metric":${metric},"values":[${samples.join(',')}]}`;
  });
  return new TextEncoder().encode(`{"status":"success","data":{"resultType":"matrix","result":[${series.join(',')}]}}`);
}
