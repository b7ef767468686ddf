// A tape in words, for a terminal, and in figures, for a program.
import { basename } from 'node:path';
import type { TapeInfo, TapeSegment } from '#tape/contract.ts';
import { printable } from './printable.ts';
import { formatMinute } from './tape-time.ts';

/** More values of a label than this are counted, not listed. */
const MOST_VALUES = 3;

/** What `tape info --json` prints: all but the series' labels, which are counted by metric. */
export function summariseTape(info: TapeInfo, path: string) {
  const { header, sizeBytes, checksum, blocks, samples, spans, series } = info;
  return {
    path,
    sizeBytes,
    checksum,
    ...header,
    blocks,
    series: series.length,
    samples,
    spans,
    metrics: metrics(info),
  };
}

/** Lines that say what the tape is, what is on it, and where it comes from. */
export function describeTape(info: TapeInfo, path: string): string[] {
  const { header, sizeBytes, blocks, samples, spans, series } = info;
  const perSample = samples === 0 ? '' : `, ${(sizeBytes / samples).toFixed(2)} bytes a sample`;
  const rows: (readonly [string, string])[] = [
    [
      'file',
      `${basename(path)}, ${bytes(sizeBytes)} in ${figure(blocks)} ${blocks === 1 ? 'block' : 'blocks'}${perSample}, format ${header.version}`,
    ],
    ['time', `${formatMinute(header.fromMs)} to ${formatMinute(header.toMs)} UTC`],
    ...header.segments.map((segment, index) => [index === 0 ? 'segments' : '', segmentText(segment)] as const),
    ['holds', `${figure(series.length)} series, ${figure(samples)} samples, ${figure(spans)} spans`],
    ...grid(metrics(info)).map((line, index) => [index === 0 ? 'metrics' : '', line] as const),
    ...labels(info).map((line, index) => [index === 0 ? 'labels' : '', line] as const),
    ...faults(info).map((line, index) => [index === 0 ? 'faults' : '', line] as const),
    ['source', header.source],
    [
      'licence',
      header.licence
        .split('\n')
        .find((line) => line.trim() !== '')
        ?.trimEnd() ?? 'none stated',
    ],
    ['sha256', info.checksum],
  ];
  return [header.name, ...rows.map(([label, text]) => `  ${label.padEnd(9)} ${text}`)].map(printable);
}

function segmentText({ name, fromMs, toMs, shiftedMs, warmUp }: TapeSegment): string {
  const shift =
    shiftedMs === 0 ? '' : `, re-stamped ${Math.abs(shiftedMs) / 3_600_000} h ${shiftedMs < 0 ? 'earlier' : 'later'}`;
  return `${name}: ${formatMinute(fromMs)} to ${formatMinute(toMs)}${warmUp ? ', warm-up' : ''}${shift}`;
}

/** Metric → how many series it has, by name. */
function metrics({ series }: TapeInfo): Record<string, number> {
  const count = new Map<string, number>();
  for (const { labels } of series) {
    const name = labels.__name__ ?? '';
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...count].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A line a label: its values, or how many there are. */
function labels({ series }: TapeInfo): string[] {
  const values = new Map<string, Set<string>>();
  for (const info of series) {
    for (const [name, value] of Object.entries(info.labels)) {
      if (name !== '__name__') values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, found]) => {
      const [first = ''] = found;
      return `${name}: ${found.size <= MOST_VALUES ? [...found].join(', ') : `${figure(found.size)} values, such as ${first}`}`;
    });
}

function grid(entries: Record<string, number>): string[] {
  const cells = Object.entries(entries).map(([name, count]) => `${figure(count).padStart(4)} × ${name}`);
  const width = Math.max(0, ...cells.map((cell) => cell.length)) + 2;
  const half = Math.ceil(cells.length / 2);
  return cells.slice(0, half).map((cell, row) => `${cell.padEnd(width)}${cells[half + row] ?? ''}`.trim());
}

function faults({ header }: TapeInfo): string[] {
  const count = new Map<string, number>();
  for (const { type } of header.answerKey) count.set(type, (count.get(type) ?? 0) + 1);
  if (count.size === 0) return ['no answer key'];
  const types = [...count].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, times]) => `${times} × ${type}`);
  return [`${figure(header.answerKey.length)} known: ${types.join(', ')}`];
}

function bytes(size: number): string {
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 1024 / 1024).toFixed(2)} MiB`;
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
