// Time as it is drawn: recorded time flows evenly, and what was not recorded between two segments is folded into a
// narrow break. Charts and the strip of the day share it. Everything is linear within a piece, so that both directions
// are exact; a moment outside all segments continues at the same rate.

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimeScale {
  /** Milliseconds of drawn time since the first segment's start. */
  toX(ms: number): number;
  toMs(x: number): number;
  readonly lengthX: number;
  /** The folded stretches. */
  readonly gaps: readonly (Span & { readonly fromX: number; readonly toX: number })[];
}

/** A gap is drawn this wide at most, in recorded milliseconds; a shorter one keeps its length. */
export function createTimeScale(segments: readonly Span[], gapMs: number): TimeScale {
  const knots = knotsOf(segments, gapMs);
  const last = knots[knots.length - 1];
  return {
    toX: (ms) => interpolate(ms, knots, 'ms', 'x'),
    toMs: (x) => interpolate(x, knots, 'x', 'ms'),
    lengthX: last?.x ?? 0,
    gaps: knots.flatMap((knot, i) => {
      const next = knots[i + 1];
      return knot.gapFollows && next ? [{ fromMs: knot.ms, toMs: next.ms, fromX: knot.x, toX: next.x }] : [];
    }),
  };
}

/** The start of the stretch that ends at `toMs` and holds `lengthMs` of recorded time; gaps do not count. */
export function recordedBack(segments: readonly Span[], toMs: number, lengthMs: number): number {
  let left = lengthMs;
  const before = segments.filter((segment) => segment.fromMs < toMs).sort((a, b) => b.fromMs - a.fromMs);
  for (const segment of before) {
    const end = Math.min(segment.toMs, toMs);
    if (end - segment.fromMs >= left) return end - left;
    left -= Math.max(0, end - segment.fromMs);
  }
  return before[before.length - 1]?.fromMs ?? toMs - lengthMs;
}

/** How much of a stretch was recorded. */
export function recordedWithin(segments: readonly Span[], fromMs: number, toMs: number): number {
  if (segments.length === 0) return toMs - fromMs;
  return segments.reduce(
    (sum, segment) => sum + Math.max(0, Math.min(segment.toMs, toMs) - Math.max(segment.fromMs, fromMs)),
    0,
  );
}

interface Knot {
  readonly ms: number;
  readonly x: number;
  readonly gapFollows: boolean;
}

function knotsOf(segments: readonly Span[], gapMs: number): Knot[] {
  const knots: Knot[] = [];
  let x = 0;
  const sorted = [...segments].filter((s) => s.toMs > s.fromMs).sort((a, b) => a.fromMs - b.fromMs);
  for (const [i, segment] of sorted.entries()) {
    const next = sorted[i + 1];
    const fromMs = Math.max(segment.fromMs, knots[knots.length - 1]?.ms ?? segment.fromMs);
    const toMs = next === undefined ? segment.toMs : Math.min(segment.toMs, next.fromMs);
    if (toMs <= fromMs) continue;
    knots.push({ ms: fromMs, x, gapFollows: false });
    x += toMs - fromMs;
    const gap = next === undefined ? 0 : next.fromMs - toMs;
    knots.push({ ms: toMs, x, gapFollows: gap > 0 });
    x += Math.min(gap, gapMs);
  }
  return knots;
}

/** Linear between knots; beyond the ends one to one. */
function interpolate(at: number, knots: readonly Knot[], from: 'ms' | 'x', to: 'ms' | 'x'): number {
  const first = knots[0];
  if (first === undefined) return at;
  if (at <= first[from]) return first[to] + (at - first[from]);
  for (let i = 1; i < knots.length; i++) {
    const [a, b] = [knots[i - 1], knots[i]];
    if (a === undefined || b === undefined || at > b[from]) continue;
    if (b[from] === a[from]) return b[to];
    return a[to] + ((at - a[from]) / (b[from] - a[from])) * (b[to] - a[to]);
  }
  const last = knots[knots.length - 1] ?? first;
  return last[to] + (at - last[from]);
}

const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/**
 * Round moments between two of drawn time, about `count` of them, none within a gap nor closer to another than two
 * thirds of an even distance. `offsetMs` is the reader's zone, so that midnight is theirs.
 */
export function ticks(scale: TimeScale, fromX: number, toX: number, count: number, offsetMs = 0): number[] {
  const want = (toX - fromX) / Math.max(1, count);
  const step = STEPS.find((candidate) => candidate >= want) ?? STEPS[STEPS.length - 1] ?? MINUTE;
  const [fromMs, toMs] = [scale.toMs(fromX), scale.toMs(toX)];
  const found: number[] = [];
  let lastX = -Infinity;
  for (let ms = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; ms <= toMs; ms += step) {
    const gap = scale.gaps.find((g) => ms > g.fromMs && ms < g.toMs);
    if (gap !== undefined) {
      ms = Math.floor((gap.toMs + offsetMs) / step) * step - offsetMs;
      continue;
    }
    const x = scale.toX(ms);
    if (x - lastX < (step * 2) / 3) continue;
    found.push(ms);
    lastX = x;
  }
  return found;
}
