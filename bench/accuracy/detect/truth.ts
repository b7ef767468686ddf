// What was known to be anomalous, for scoring alone: nothing that scores a series imports this file, and it is asked only when
// every answer is there.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anomalousRuns, type Run } from '../runs.ts';
import { generateKpi } from './generated.ts';
import type { Part, Recording } from './recording.ts';
import { readRows, timeMsOf } from './sets.ts';

export interface Truth {
  /** Rows of the part, in order. */
  readonly anomalies: readonly (Run & { readonly kind?: string })[];
}

/** What is known of one part; undefined where nobody labelled it. */
export async function truthOf(data: string | undefined, recording: Recording, part: Part): Promise<Truth | undefined> {
  switch (recording.set) {
    case 'generated':
      return { anomalies: generateKpi(part.path).anomalies };
    case 'nab':
      return data === undefined ? undefined : nabTruth(data, recording, part);
    case 'jumpstarter':
      return data === undefined ? undefined : jumpstarterTruth(data, part);
    case 'kpi':
      return data === undefined ? undefined : kpiTruth(data, part);
    default:
      return undefined;
  }
}

/** Windows are named by their first and last time; of doubled times the first row counts, as in NAB. */
async function nabTruth(data: string, recording: Recording, part: Part): Promise<Truth | undefined> {
  const path = join(data, 'nab', 'labels', 'combined_windows.json');
  if (!existsSync(path)) return undefined;
  const windows: Readonly<Record<string, [string, string][]>> = JSON.parse(await readFile(path, 'utf8'));
  const timesMs = recording.timesMs.subarray(part.from, part.to);
  const named = windows[`${part.path}.csv`];
  return named === undefined
    ? undefined
    : { anomalies: named.map(([start, end]) => rowsWithin(timesMs, timeMsOf(start), timeMsOf(end))) };
}

/** From the first row at or after `startMs` to the first of the last time up to `endMs`. */
function rowsWithin(timesMs: Float64Array, startMs: number, endMs: number): Run {
  const last = timesMs.findLastIndex((timeMs) => timeMs <= endMs);
  return {
    first: timesMs.findIndex((timeMs) => timeMs >= startMs),
    last: timesMs.indexOf(timesMs[last] ?? Number.NaN),
  };
}

async function jumpstarterTruth(data: string, part: Part): Promise<Truth | undefined> {
  const [kind, service] = part.path.split('/');
  const path = join(data, 'jumpstarter', 'test_label', `${service}.csv`);
  if (kind !== 'test' || !existsSync(path)) return undefined;
  const text = await readFile(path, 'utf8');
  return { anomalies: anomalousRuns(text.trim().split(/\s+/).map(Number)) };
}

async function kpiTruth(data: string, part: Part): Promise<Truth | undefined> {
  const { header, rows } = await readRows(join(data, 'kpi', `${part.path}.csv`));
  const label = header.indexOf('label');
  return label < 0 ? undefined : { anomalies: anomalousRuns(rows.map((row) => Number(row[label]))) };
}
