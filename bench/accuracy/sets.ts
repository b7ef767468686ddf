// The recordings that quiet time is measured on: the shipped tape, and, where the data is, another day of Nezha,
// JumpStarter's training part and PetShop's recordings without an issue. All go through a tape and the whole pipeline; truth stays in the header.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertNezha } from '#collect/nezha.ts';
import type { Labels } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeHeader } from '#tape/contract.ts';
import { openTape, type Tape } from '#tape/reader.ts';
import { createTapeWriter } from '#tape/writer.ts';
import { SHIPPED } from '../../src/app/shipped.ts';
import { type PetshopColumn, readPetshop } from './detect/sets.ts';

/** Sets of one kind stand in one table. Of `nezha` the faults are known; of the others none is. */
export type SetKind = 'nezha' | 'jumpstarter' | 'petshop';

export interface RecordedSet {
  readonly name: string;
  readonly kind: SetKind;
  /** False where the recording has no times of its own, so that its dates are made up. */
  readonly isDated: boolean;
  /** How its quiet minutes are defined, in words. */
  readonly quiet: string;
  readonly tape: Tape;
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Quiet begins this long after the last fault: so it is on the shipped day. */
const AFTER_LAST_FAULT_MS = 30 * MINUTE_MS;
const ALL_QUIET = 'all of it, less the first hour';

export async function shippedSet(): Promise<RecordedSet> {
  const tape = await openTape(SHIPPED.tape);
  return {
    name: 'Online Boutique (shipped tape)',
    kind: 'nezha',
    isDated: true,
    quiet: '08:24–23:59 less the first hour',
    tape,
    close: () => tape.close(),
  };
}

/** A day of Nezha: quiet is what comes half an hour after its last fault, played first, less its first hour. */
export async function nezhaSet(folder: string, name: string): Promise<RecordedSet | undefined> {
  if (!existsSync(folder)) return undefined;
  const { header } = await convertNezha(folder, { name, namespace: 'nezha', partOf: name });
  const lastFaultMs = Math.max(...header.answerKey.map((fault) => fault.timeMs));
  const quietFromMs = Math.ceil((lastFaultMs + AFTER_LAST_FAULT_MS) / MINUTE_MS) * MINUTE_MS;
  const converted = await convertNezha(folder, { name, namespace: 'nezha', partOf: name, quietFromMs });
  const quiet = 'from 30 min after the last fault, less the first hour';
  return taped({ name, kind: 'nezha', isDated: true, quiet }, converted.header, converted.signals);
}

/** One service of JumpStarter's training part: 19 metrics without names, five minutes apart, nothing known of faults. */
export async function jumpstarterSets(folder: string): Promise<readonly RecordedSet[]> {
  if (!existsSync(folder)) return [];
  const files = (await readdir(folder)).filter((file) => file.endsWith('.csv')).sort();
  return Promise.all(
    files.map(async (file) => {
      const name = `jumpstarter/${file.replace('.csv', '')}`;
      const rows = (await readFile(join(folder, file), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(',').map(Number));
      const stepMs = 5 * MINUTE_MS;
      const { header, signals } = tableAsSignals({
        ...{ name, segment: 'training part', source: 'JumpStarter', licence: 'MIT', stepMs },
        // The recording has no dates.
        timesMs: Float64Array.from(rows, (_, index) => Date.UTC(2020, 0, 1) + index * stepMs),
        columns: (rows[0] ?? []).map((_, at) => ({
          labels: { __name__: `metric_${at}`, service: name },
          values: Float64Array.from(rows, (row) => row[at] ?? Number.NaN),
        })),
      });
      return taped({ name, kind: 'jumpstarter', isDated: false, quiet: ALL_QUIET }, header, signals);
    }),
  );
}

/** PetShop's recordings without an issue, below `data`: every column with a number in it is a series. */
export async function petshopSets(data: string): Promise<readonly RecordedSet[]> {
  const recordings = await readPetshop(data);
  return Promise.all(
    recordings.map(async ({ parts, stepMs, timesMs, columns }) => {
      const name = `petshop/${parts[0]?.path.replace(/\/metrics$/, '') ?? ''}`;
      const { header, signals } = tableAsSignals({
        ...{ name, segment: 'without an issue', source: 'PetShop', licence: 'CC-BY-4.0', stepMs, timesMs },
        columns: columns
          .filter(({ values }) => values.some(Number.isFinite))
          .map((column) => ({ labels: petshopLabels(column), values: column.values })),
      });
      return taped({ name, kind: 'petshop', isDated: true, quiet: ALL_QUIET }, header, signals);
    }),
  );
}

/** As a scrape would name it: `latency_p90{service="PetSite"}`. */
function petshopLabels({ microservice, metric, statistic }: PetshopColumn): Labels {
  const name = `${metric}_${statistic}`.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return { __name__: /^\d/.test(name) ? `_${name}` : name, service: microservice };
}

interface Table {
  readonly name: string;
  readonly segment: string;
  readonly source: string;
  readonly licence: string;
  readonly stepMs: number;
  /** Of the rows, ascending. */
  readonly timesMs: Float64Array;
  /** A series each, a value a row; NaN is missing. */
  readonly columns: readonly { readonly labels: Labels; readonly values: Float64Array }[];
}

function tableAsSignals({ name, segment, source, licence, stepMs, timesMs, columns }: Table): {
  header: Omit<TapeHeader, 'version'>;
  signals: Signal[];
} {
  const fromMs = timesMs[0] ?? 0;
  const toMs = (timesMs.at(-1) ?? 0) + stepMs;
  const series = columns.map(({ labels }, id) => ({ id, labels, stepMs }));
  const signals: Signal[] = [{ kind: 'series', seenMs: fromMs, series }];
  timesMs.forEach((timeMs, row) => {
    signals.push({
      kind: 'frame',
      timeMs,
      seenMs: timeMs,
      ids: Uint32Array.from(columns, (_, id) => id),
      values: Float64Array.from(columns, ({ values }) => values[row] ?? Number.NaN),
    });
  });
  const segments = [{ name: segment, fromMs, toMs, shiftedMs: 0, warmUp: true }];
  return { header: { name, source, licence, fromMs, toMs, segments, answerKey: [] }, signals };
}

async function taped(
  about: Pick<RecordedSet, 'name' | 'kind' | 'isDated' | 'quiet'>,
  header: Omit<TapeHeader, 'version'>,
  signals: readonly Signal[],
): Promise<RecordedSet> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-set-'));
  const path = join(folder, 'set.tape');
  const writer = await createTapeWriter(path, header, { level: 3 });
  for (const signal of signals) await writer.write(signal);
  await writer.finish();
  const tape = await openTape(path);
  return {
    ...about,
    tape,
    close: async () => {
      await tape.close();
      await rm(folder, { recursive: true });
    },
  };
}
