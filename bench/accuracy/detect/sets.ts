// Reads what `--data DIR` holds, whichever part of it, for `--task detect`. Only times and values are taken: labels, faults and
// whatever else a file says are passed over (truth.ts reads them, after everything was scored).
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { GENERATED, generateKpi } from './generated.ts';
import { type Column, type Part, type Recording, stepOf } from './recording.ts';

const MINUTE_MS = 60_000;
/** JumpStarter's rows have no times; they are five minutes apart. */
const JUMPSTARTER_STEP_MS = 5 * MINUTE_MS;
const JUMPSTARTER_FROM_MS = Date.UTC(2020, 0, 1);

const READERS: Readonly<Record<string, (data: string) => Promise<Recording[]>>> = {
  nab: readNab,
  jumpstarter: readJumpstarter,
  kpi: readKpi,
  generated: async () => GENERATED.map(generatedRecording),
  nezha: readNezha,
  petshop: readPetshop,
};

export const SET_NAMES: readonly string[] = Object.keys(READERS);

/** The recordings of these sets that are there; `data` undefined leaves only those that need no data. */
export async function readSets(data: string | undefined, names: readonly string[]): Promise<Recording[]> {
  const wanted = names.filter((name) => name === 'generated' || (data !== undefined && existsSync(join(data, name))));
  const there = wanted.filter((name) => name !== 'generated');
  const asked = names.filter((name) => name in READERS && name !== 'generated');
  if (data !== undefined && asked.length > 0 && there.length === 0) {
    throw new AppError('not-found', `${data} holds none of the folders ${asked.join(', ')}`);
  }
  const read = await Promise.all(wanted.map((name) => READERS[name]?.(data ?? '') ?? []));
  return read.flat();
}

export function generatedRecording(name: string): Recording {
  const { timesMs, values } = generateKpi(name);
  return single('generated', name, timesMs, [{ name: 'value', values }]);
}

async function readNab(data: string): Promise<Recording[]> {
  const folder = join(data, 'nab', 'data');
  const paths = await csvBelow(folder);
  return Promise.all(paths.map((path) => readPlain('nab', folder, path)));
}

async function readKpi(data: string): Promise<Recording[]> {
  const folder = join(data, 'kpi');
  return Promise.all((await csvBelow(folder)).map((path) => readPlain('kpi', folder, path)));
}

/** `timestamp,value` and maybe more columns, which are not looked at. */
async function readPlain(set: string, folder: string, path: string): Promise<Recording> {
  const { header, rows } = await readRows(join(folder, `${path}.csv`));
  const time = header.indexOf('timestamp');
  const value = header.indexOf('value');
  if (time < 0 || value < 0)
    throw new AppError('bad-input', `${set}/${path}.csv: expected columns timestamp and value`);
  const timesMs = Float64Array.from(rows, (row) => timeMsOf(row[time] ?? ''));
  return single(set, path, timesMs, [
    { name: 'value', values: Float64Array.from(rows, (row) => numberOf(row[value])) },
  ]);
}

/** The test follows the training part of the same service, as it does in time. */
async function readJumpstarter(data: string): Promise<Recording[]> {
  const folder = join(data, 'jumpstarter');
  const paths = await csvBelow(folder);
  const services = new Set(
    paths.filter((path) => /^(train|test)\//.test(path)).map((path) => path.split('/')[1] ?? ''),
  );
  return Promise.all(
    [...services].sort().map(async (service) => {
      const parts: Part[] = [];
      const rows: string[][] = [];
      for (const path of [`train/${service}`, `test/${service}`].filter((one) => paths.includes(one))) {
        const lines = await readLines(join(folder, `${path}.csv`));
        parts.push({ path, from: rows.length, to: rows.length + lines.length });
        for (const line of lines) rows.push(line);
      }
      const timesMs = Float64Array.from(rows, (_, row) => JUMPSTARTER_FROM_MS + row * JUMPSTARTER_STEP_MS);
      const columns = (rows[0] ?? []).map((_, at) => columnAt(rows, at, `metric_${at}`));
      return { set: 'jumpstarter', parts, stepMs: JUMPSTARTER_STEP_MS, timesMs, columns };
    }),
  );
}

/** Every metric file of every day: a row is a moment of a pod, of the front end or of the calls. */
async function readNezha(data: string): Promise<Recording[]> {
  const folder = join(data, 'nezha');
  const paths = (await csvBelow(folder)).filter((path) => path.includes('/metric/') && !path.endsWith('/dependency'));
  return Promise.all(
    paths.map(async (path) => {
      const { header, rows } = await readRows(join(folder, `${path}.csv`));
      const time = header.findIndex((name) => name.toLowerCase() === 'time');
      const timesMs = Float64Array.from(rows, (row) => timeMsOf((row[time] ?? '').slice(0, 19)));
      const measured = header.flatMap((name, at) =>
        ['time', 'timestamp', 'podname'].includes(name.toLowerCase()) ? [] : [columnAt(rows, at, name)],
      );
      return single('nezha', path, timesMs, measured);
    }),
  );
}

export interface PetshopColumn extends Column {
  readonly microservice: string;
  readonly metric: string;
  readonly statistic: string;
}

export interface PetshopRecording extends Recording {
  readonly columns: readonly PetshopColumn[];
}

/** The quiet recordings: three header rows, then a column for each metric of each service. */
export async function readPetshop(data: string): Promise<PetshopRecording[]> {
  const folder = join(data, 'petshop');
  const paths = (await csvBelow(folder)).filter((path) => path.endsWith('noissue/metrics'));
  return Promise.all(
    paths.map(async (path) => {
      const lines = await readLines(join(folder, `${path}.csv`));
      const [microservices = [], metrics = [], statistics = []] = lines;
      const rows = lines.filter((line) => Number.isFinite(timeMsOf(line[0] ?? '')));
      const timesMs = Float64Array.from(rows, (row) => timeMsOf(row[0] ?? ''));
      const columns = microservices.slice(1).map((microservice, index) => {
        const at = index + 1;
        const [metric = '', statistic = ''] = [metrics[at], statistics[at]];
        return { ...columnAt(rows, at, `${microservice} ${metric} ${statistic}`), microservice, metric, statistic };
      });
      return { ...single('petshop', path, timesMs, columns), columns };
    }),
  );
}

function single(set: string, path: string, timesMs: Float64Array, columns: readonly Column[]): Recording {
  return { set, parts: [{ path, from: 0, to: timesMs.length }], stepMs: stepOf(timesMs), timesMs, columns };
}

function columnAt(rows: readonly (readonly string[])[], at: number, name: string): Column {
  return { name, values: Float64Array.from(rows, (row) => numberOf(row[at])) };
}

function numberOf(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/** Epoch seconds or milliseconds, or a date and time, taken as UTC; NaN for anything else. */
export function timeMsOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * (Number(text) < 1e11 ? 1000 : 1);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return Number.NaN;
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text : `${text.slice(0, 23).replace(' ', 'T')}Z`);
}

/** Paths of the CSV files below the folder, with `/` and without `.csv`, sorted. */
export async function csvBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true });
  return entries
    .map((entry) => entry.replaceAll('\\', '/'))
    .filter((entry) => entry.endsWith('.csv'))
    .map((entry) => entry.slice(0, -'.csv'.length))
    .sort();
}

async function readLines(path: string): Promise<string[][]> {
  const text = await readFile(path, 'utf8');
  return text.split(/\r?\n/).flatMap((line) => (line === '' ? [] : [line.split(',')]));
}

export async function readRows(path: string): Promise<{ header: readonly string[]; rows: readonly string[][] }> {
  const [header = [], ...rows] = await readLines(path);
  return { header, rows };
}
