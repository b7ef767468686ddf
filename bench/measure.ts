// Shared by the benchmarks: repeated runs with CPU seconds, medians with their range, and a small table.

export interface Run {
  readonly wallSeconds: number;
  /** CPU of all threads of this process. */
  readonly cpuSeconds: number;
}

/** Runs `work` once not counted, then `times` times. */
export async function measure(times: number, work: () => Promise<void>): Promise<readonly Run[]> {
  await work();
  const runs: Run[] = [];
  for (let round = 0; round < times; round++) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    await work();
    const used = process.cpuUsage(cpu);
    runs.push({ wallSeconds: (performance.now() - began) / 1000, cpuSeconds: (used.user + used.system) / 1e6 });
  }
  return runs;
}

/** One run of `work`. */
export function timed(work: () => unknown): Run {
  const cpu = process.cpuUsage();
  const began = performance.now();
  work();
  const wallSeconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  return { wallSeconds, cpuSeconds: (used.user + used.system) / 1e6 };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `median (least–most)` with `digits` after the point. */
export function spread(values: readonly number[], digits = 1): string {
  const text = (value: number) =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return `${text(medianOf(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** Rows as a Markdown table, columns padded so that it also reads in a terminal. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}
