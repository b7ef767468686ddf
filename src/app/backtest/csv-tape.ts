// A CSV file as a tape: what a row says could be known at its own time.
import { basename } from 'node:path';
import { readCsv } from '#collect/csv.ts';
import { csvHistory } from '#collect/csv-series.ts';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import { isMeasured } from '#detect/measured.ts';
import type { TapeReader } from '#tape/contract.ts';
import { memoryTape } from './memory-tape.ts';

export interface CsvTape {
  readonly reader: TapeReader;
  /** Columns that no detector may see. */
  readonly truth: readonly string[];
  /** Values that count as missing because nothing that is measured is so large. */
  readonly beyond: number;
}

/** Rejects with `not-found` or `bad-input`. */
export async function openCsv(path: string): Promise<CsvTape> {
  const name = basename(path).replace(/(\.csv)?(\.gz)?$/i, '');
  const { series, stepMs, truth } = csvHistory(await readCsv(path), name);
  const signals = createFrameMaker({ stepMs }).take(series, (timeMs) => timeMs);
  const isBeyond = (value: number) => Number.isFinite(value) && !isMeasured(value);
  const beyond = series.reduce((sum, { values }) => sum + values.filter(isBeyond).length, 0);
  return { reader: memoryTape({ name, source: path, stepMs, signals }), truth, beyond };
}
