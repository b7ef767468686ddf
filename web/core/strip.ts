// The geometry of the strip of the day: the felt line as a path, and findings counted per column, so that ten thousand
// of them draw as fast as ten. Widths are in pixels, moments in drawn time.
import type { Timeline } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import type { TimeScale } from './time-scale.ts';

export interface Column {
  readonly left: number;
  readonly width: number;
  /** Findings open at any moment of the column. */
  readonly count: number;
  readonly severity: Severity;
}

const RANK: Readonly<Record<Severity, number>> = { green: 0, amber: 1, red: 2 };

/** Columns of `columnWidth` pixels in which at least one finding was open. */
export function findingColumns(
  findings: Timeline['findings'],
  nowMs: number,
  scale: TimeScale,
  width: number,
  columnWidth = 3,
): Column[] {
  const columns = Math.max(1, Math.ceil(width / columnWidth));
  const change = new Int32Array(columns + 1);
  const worst: Severity[] = Array.from({ length: columns }, () => 'green');
  const column = (ms: number): number => {
    const at = Math.floor(((scale.toX(ms) / (scale.lengthX || 1)) * width) / columnWidth);
    return Math.min(columns - 1, Math.max(0, at));
  };
  for (const finding of findings) {
    const [first, last] = [column(finding.startMs), column(finding.endMs ?? nowMs)];
    change[first] = (change[first] ?? 0) + 1;
    change[last + 1] = (change[last + 1] ?? 0) - 1;
    for (let i = first; i <= last; i++) {
      if (RANK[finding.severity] > RANK[worst[i] ?? 'green']) worst[i] = finding.severity;
    }
  }
  const found: Column[] = [];
  let open = 0;
  for (let i = 0; i < columns; i++) {
    open += change[i] ?? 0;
    if (open > 0) found.push({ left: i * columnWidth, width: columnWidth, count: open, severity: worst[i] ?? 'green' });
  }
  return found;
}

/**
 * The felt line as an SVG path in a box of `width` × `height`, zero at the bottom. Heights are square roots, so that a
 * quiet hour keeps its shape beside a minute that was a hundred times worse; what is usual is at half the height at
 * most, so that a quiet day looks quiet. Broken where samples are missing.
 */
export function feltPath(felt: NonNullable<Timeline['felt']>, scale: TimeScale, width: number, height: number): string {
  const sorted = felt.values.filter((value) => value !== null).sort((a, b) => a - b);
  const [median, most] = [sorted[sorted.length >> 1] ?? 0, sorted[sorted.length - 1] ?? 0];
  const top = Math.sqrt(Math.max(0, most, 4 * median));
  if (top === 0) return '';
  const gaps = new Set(scale.gaps.map((gap) => firstAtOrAfter(felt.timesMs, gap.toMs)));
  let pen = false;
  let path = '';
  for (const [i, ms] of felt.timesMs.entries()) {
    const value = felt.values[i] ?? null;
    if (value === null || gaps.has(i)) pen = false;
    if (value === null) continue;
    const x = (scale.toX(ms) / (scale.lengthX || 1)) * width;
    const y = height - (Math.sqrt(Math.max(0, value)) / top) * height;
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  }
  return path;
}

function firstAtOrAfter(timesMs: readonly number[], ms: number): number {
  const found = timesMs.findIndex((time) => time >= ms);
  return found < 0 ? timesMs.length : found;
}

/** How many findings were open at a moment. */
export function openAt(findings: Timeline['findings'], ms: number): number {
  return findings.filter((finding) => finding.startMs <= ms && (finding.endMs ?? Infinity) >= ms).length;
}

export const MINUTE = 60_000;

/** Where a key moves the playhead, in recorded time; undefined for a key that does not. */
export function movedBy(
  key: string,
  shift: boolean,
  nowMs: number,
  scale: TimeScale,
  bounds: readonly [number, number],
): number | undefined {
  const [fromMs, toMs] = bounds;
  const by = (minutes: number): number => {
    const ms = Math.round(scale.toMs(scale.toX(nowMs) + minutes * MINUTE));
    return Math.min(toMs, Math.max(fromMs, ms));
  };
  const step = shift ? 1 : 5;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return by(-step);
    case 'ArrowRight':
    case 'ArrowUp':
      return by(step);
    case 'PageDown':
      return by(-60);
    case 'PageUp':
      return by(60);
    case 'Home':
      return fromMs;
    case 'End':
      return toMs;
    default:
      return undefined;
  }
}
