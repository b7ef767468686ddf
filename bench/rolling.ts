// `bench rolling`: rolling scores beside pandas and NumPy (targets P1 and P2). Same input, and first the check that the
// output is the same to 1e-9; only then the time: both sides in turn, on one machine, five times or more.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '#kit/errors.ts';
import { createRng } from '#stats/rng.ts';
import { rollingMedianMad } from '#stats/rolling-median-mad.ts';
import { rollingZScore } from '#stats/rolling-z-score.ts';
import { markdownTable, medianOf, type Run, spread } from './measure.ts';
import { type PythonPeer, startPython } from './reference/python-peer.ts';

const WINDOW = 60;
const MIN_POINTS = 30;
const POINTS = 1440;
const Z_SERIES = 1000;
/** pandas takes 30 µs a point here; more series only make the wait longer. */
const MAD_SERIES = 40;
const GAP_RATIO = 0.02;
const TOLERANCE = 1e-9;

interface Work {
  readonly name: string;
  readonly peers: readonly { readonly name: string; readonly floor: number; readonly aim: number }[];
  readonly rows: number;
  readonly run: (out: Float64Array) => void;
}

export const bench = {
  name: 'rolling',
  summary: 'rolling z-score and median/MAD beside pandas and NumPy: [--runs 7]',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '7' } } });
    const times = Number(values.runs);
    if (!Number.isInteger(times) || times < 5) {
      throw new AppError('bad-usage', `--runs ${values.runs}: a whole number of 5 or more is needed`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
    try {
      await compare(folder, times);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function compare(folder: string, times: number): Promise<void> {
  const gappy = noise(Z_SERIES, GAP_RATIO);
  const whole = noise(MAD_SERIES, 0);
  const zFile = join(folder, 'z');
  const madFile = join(folder, 'mad');
  await writeFile(zFile, bytesOf(gappy));
  await writeFile(madFile, bytesOf(whole));
  const script = fileURLToPath(new URL('reference/rolling.py', import.meta.url));
  const sizes = [WINDOW, MIN_POINTS, zFile, Z_SERIES, madFile, MAD_SERIES, POINTS];
  const works = worksOn(gappy, whole);
  const peer = await startPython(script, sizes.map(String)).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`\n!!! ${error.message}\n\n`);
    return undefined;
  });
  if (peer === undefined) return runAlone(works, times);
  const { python = '', pandas = '', numpy = '' } = peer.versions;
  process.stdout.write(
    `Node ${process.versions.node}; Python ${python}, pandas ${pandas}, NumPy ${numpy}; one thread each\n`,
  );
  try {
    const rows: string[][] = [];
    for (const work of works) rows.push(...(await compareWork(work, peer, folder, times)));
    const head = [
      'work',
      'points',
      'ours, ms',
      'peer',
      'peer, ms',
      'faster (range)',
      'less CPU',
      'floor → aim',
      'apart',
    ];
    process.stdout.write(`${markdownTable(head, rows)}\n`);
  } finally {
    await peer.close();
  }
}

/** Our own times, where there is nobody to compare with. */
function runAlone(works: readonly Work[], times: number): void {
  const rows = works.map((work) => {
    const out = new Float64Array(work.rows * POINTS);
    const runs = Array.from({ length: times + 2 }, () => time(() => work.run(out)).wallSeconds * 1000).slice(2);
    return [work.name, (work.rows * POINTS).toLocaleString('en'), spread(runs), 'NOT MEASURED'];
  });
  process.stdout.write(`${markdownTable(['work', 'points', 'ours, ms', 'peers'], rows)}\n`);
}

function worksOn(gappy: Float64Array, whole: Float64Array): readonly Work[] {
  const medians = new Float64Array(POINTS);
  return [
    {
      name: 'P1 rolling z-score, with gaps',
      rows: Z_SERIES,
      peers: [
        { name: 'pandas-z', floor: 4, aim: 15 },
        { name: 'numpy-z', floor: 2, aim: 8 },
      ],
      run: (out) =>
        eachRow(gappy, out, (values, into) => rollingZScore(values, { window: WINDOW, minPoints: MIN_POINTS }, into)),
    },
    {
      name: 'P2 rolling median + MAD',
      rows: MAD_SERIES,
      peers: [
        { name: 'pandas-mad', floor: 3, aim: 8 },
        { name: 'numpy-mad', floor: 3, aim: 8 },
      ],
      run: (out) =>
        eachRow(whole, out, (values, mads) =>
          rollingMedianMad(values, { window: WINDOW, minPoints: WINDOW }, { medians, mads }),
        ),
    },
  ];
}

/** One row of the table for each peer: checked for equality first, then timed in turn. */
async function compareWork(work: Work, peer: PythonPeer, folder: string, times: number): Promise<string[][]> {
  const out = new Float64Array(work.rows * POINTS);
  // Twice before it counts: the first call compiles.
  for (let round = 0; round < 2; round++) time(() => work.run(out));
  const rows: string[][] = [];
  for (const { name, floor, aim } of work.peers) {
    const path = join(folder, name);
    await peer.run(name, path);
    const apart = farthest(out, new Float64Array((await readFile(path)).buffer));
    if (!(apart <= TOLERANCE)) {
      throw new AppError(
        'gate-failed',
        `${work.name}: ${name} gives another result (${apart} apart): no time is worth printing`,
      );
    }
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let round = 0; round < times; round++) {
      ours.push(time(() => work.run(out)));
      theirs.push(await peer.run(name));
    }
    rows.push([
      work.name,
      (work.rows * POINTS).toLocaleString('en'),
      ...compareRuns(ours, theirs, name),
      `${floor}× → ${aim}×`,
      apart.toExponential(0),
    ]);
  }
  return rows;
}

function compareRuns(ours: readonly Run[], theirs: readonly Run[], name: string): string[] {
  const wall = (runs: readonly Run[]) => runs.map(({ wallSeconds }) => wallSeconds * 1000);
  const cpu = (runs: readonly Run[]) => medianOf(runs.map(({ cpuSeconds }) => cpuSeconds));
  const ratios = wall(theirs).map((ms, round) => ms / (wall(ours)[round] ?? Number.NaN));
  const ratio = medianOf(wall(theirs)) / medianOf(wall(ours));
  const range = `${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`;
  return [
    spread(wall(ours)),
    name.replace(/-.*/, ''),
    spread(wall(theirs)),
    `${ratio.toFixed(1)}× (${range})`,
    `${(cpu(theirs) / cpu(ours)).toFixed(1)}×`,
  ];
}

function time(work: () => void): Run {
  const cpu = process.cpuUsage();
  const began = performance.now();
  work();
  const wallSeconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  return { wallSeconds, cpuSeconds: (used.user + used.system) / 1e6 };
}

function eachRow(values: Float64Array, out: Float64Array, run: (row: Float64Array, into: Float64Array) => void): void {
  for (let from = 0; from < values.length; from += POINTS) {
    run(values.subarray(from, from + POINTS), out.subarray(from, from + POINTS));
  }
}

/** The largest difference, relative where the value is above 1; infinite where only one side has a value. */
function farthest(ours: Float64Array, theirs: Float64Array): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [index, value] of ours.entries()) {
    const other = theirs[index] as number;
    if (Number.isNaN(value) && Number.isNaN(other)) continue;
    const apart = Math.abs(value - other) / Math.max(1, Math.abs(other));
    most = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(most, apart);
  }
  return most;
}

/** Series like a latency in milliseconds: 50 ± 10, some of it missing. */
function noise(series: number, gapRatio: number): Float64Array {
  const rng = createRng(1440);
  return Float64Array.from({ length: series * POINTS }, () => {
    const value = 50 + 10 * rng.normal();
    return rng.uniform() < gapRatio ? Number.NaN : value;
  });
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
