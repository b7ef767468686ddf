// Holds a tape against the CSV files it was made from, cell by cell, by another way than the conversion took: here the
// decimal point is moved in the text. Answers whether a shipped tape says exactly what was recorded.
import { join } from 'node:path';
import { seriesKey } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { type NezhaOptions, playedMs, readEdges, readSeries } from './nezha.ts';
import type { Unit } from './nezha-metrics.ts';

export interface NezhaCheck {
  /** Cells in the files, and samples on the tape. */
  readonly cells: number;
  readonly samples: number;
  /** The first few cells that the tape has otherwise or not at all, in words. */
  readonly differences: readonly string[];
}

const MAX_DIFFERENCES = 10;

/** Compares every metric cell under `dir` with the signals of a tape that was converted with the same options. */
export async function checkNezha(
  dir: string,
  options: NezhaOptions,
  signals: AsyncIterable<Signal>,
): Promise<NezhaCheck> {
  const taped = new Map<string, Map<number, number>>();
  const seriesOf = new Map<number, Map<number, number>>();
  let samples = 0;
  for await (const signal of signals) {
    if (signal.kind === 'series') {
      for (const { id, labels } of signal.series) {
        const values = new Map<number, number>();
        seriesOf.set(id, values);
        taped.set(seriesKey(labels), values);
      }
    }
    if (signal.kind !== 'frame') continue;
    samples += signal.ids.length;
    for (const [at, id] of signal.ids.entries()) seriesOf.get(id)?.set(signal.timeMs, signal.values[at] ?? Number.NaN);
  }
  const { sources } = await readSeries(dir, options, await readEdges(join(dir, 'metric', 'dependency.csv')));
  const differences: string[] = [];
  let cells = 0;
  for (const { table, timeColumn, firstValue, labels, units } of sources) {
    const keys = labels.map(seriesKey);
    for (const [index, row] of table.rows.entries()) {
      const timeMs = playedMs(millisecondsOf(row[timeColumn] ?? ''), options.quietFromMs);
      for (const [column, unit] of units.entries()) {
        cells++;
        const text = row[firstValue + column] ?? '';
        const value = taped.get(keys[column] ?? '')?.get(timeMs);
        if (value !== undefined && Object.is(value, shifted(text, unit))) continue;
        if (differences.length < MAX_DIFFERENCES) {
          differences.push(`${table.path}:${table.lines[index]} ${keys[column]}: "${text}" is ${value} on the tape`);
        }
      }
    }
  }
  if (cells !== samples) differences.push(`the files have ${cells} cells, the tape ${samples} samples`);
  return { cells, samples, differences };
}

function millisecondsOf(text: string): number {
  const [date = '', clock = ''] = text.split(' ');
  const [seconds = '', fraction = ''] = clock.split('.');
  return Date.parse(`${date}T${seconds}Z`) + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** The number with its decimal point moved to the left, so that it is read as a double once and never calculated with. */
function shifted(text: string, { exponent, factor = 1 }: Unit): number {
  if (text === '' || text === 'NaN') return Number.NaN;
  if (exponent === 0 || !/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 10 ** exponent * factor;
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const digits = whole.padStart(1 - exponent, '0');
  const point = digits.length + exponent;
  const sign = text.startsWith('-') ? '-' : '';
  return Number(`${sign}${digits.slice(0, point)}.${digits.slice(point)}${fraction}`) * factor;
}
