// The recordings that quiet time is measured on: the shipped tape, and, where the data is, another day of Nezha and
// JumpStarter's training part. All go through a tape and the whole pipeline; truth stays in the header.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertNezha } from '#collect/nezha.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeHeader } from '#tape/contract.ts';
import { openTape, type Tape } from '#tape/reader.ts';
import { createTapeWriter } from '#tape/writer.ts';
import { SHIPPED } from '../../src/app/shipped.ts';

export interface RecordedSet {
  readonly name: string;
  /** How its quiet minutes are defined, in words. */
  readonly quiet: string;
  readonly tape: Tape;
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Quiet begins this long after the last fault: so it is on the shipped day. */
const AFTER_LAST_FAULT_MS = 30 * MINUTE_MS;

export async function shippedSet(): Promise<RecordedSet> {
  const tape = await openTape(SHIPPED.tape);
  return {
    name: 'Online Boutique (shipped tape)',
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
  return taped(name, 'from 30 min after the last fault, less the first hour', converted.header, converted.signals);
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
      const { header, signals } = columnsAsSignals(name, rows, 5 * MINUTE_MS);
      return taped(name, 'all of it, less the first hour', header, signals);
    }),
  );
}

/** Rows of one moment each, a column a metric; dates are made up because the recording has none. */
function columnsAsSignals(
  name: string,
  rows: readonly (readonly number[])[],
  stepMs: number,
): { header: Omit<TapeHeader, 'version'>; signals: Signal[] } {
  const fromMs = Date.UTC(2020, 0, 1);
  const width = rows[0]?.length ?? 0;
  const series = Array.from({ length: width }, (_, id) => ({
    id,
    labels: { __name__: `metric_${id}`, service: name },
    stepMs,
  }));
  const signals: Signal[] = [{ kind: 'series', seenMs: fromMs, series }];
  rows.forEach((row, index) => {
    const timeMs = fromMs + index * stepMs;
    signals.push({
      kind: 'frame',
      timeMs,
      seenMs: timeMs,
      ids: Uint32Array.from(row, (_, id) => id),
      values: Float64Array.from(row),
    });
  });
  const toMs = fromMs + rows.length * stepMs;
  const segments = [{ name: 'training part', fromMs, toMs, shiftedMs: 0, warmUp: true }];
  return { header: { name, source: 'JumpStarter', licence: 'MIT', fromMs, toMs, segments, answerKey: [] }, signals };
}

async function taped(
  name: string,
  quiet: string,
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
    name,
    quiet,
    tape,
    close: async () => {
      await tape.close();
      await rm(folder, { recursive: true });
    },
  };
}
