// Figures of a finding as a terminal shows them: in the unit that the metric's name ends with, as Prometheus' conventions
// have it, and in the scale that reads best. The page says the same in web/core/units.ts.
import { SCORE_CAP } from '#detect/sigma.ts';

/** Ends of names with the scales of their unit, largest first; the longer end of two stands first. */
const SCALES: readonly (readonly [suffix: string, scales: readonly (readonly [number, string])[]])[] = [
  ['_bytes_per_second', bytes('/s')],
  ['_per_second', [[1, '/s']]],
  ['_bytes', bytes('')],
  [
    '_seconds',
    [
      [1, ' s'],
      [1e-3, ' ms'],
      [1e-6, ' µs'],
    ],
  ],
  [
    '_cores',
    [
      [1, ' cores'],
      [1e-3, ' millicores'],
    ],
  ],
  ['_ratio', [[0.01, ' %']]],
];
/** 0.9996 seconds are a second, not 1000 ms: three digits are shown. */
const ROUNDS_UP = 0.9995;

/** A value of this metric with its unit; `?` where there is none. */
export function replayFigure(value: number, metric: string): string {
  if (!Number.isFinite(value)) return '?';
  const name = metric.replace(/_total$/, '');
  const scales = SCALES.find(([suffix]) => name.endsWith(suffix))?.[1] ?? [];
  const size = Math.abs(value);
  const scale =
    size === 0 ? scales.find(([factor]) => factor === 1) : scales.find(([factor]) => size >= factor * ROUNDS_UP);
  const [factor, symbol] = scale ?? scales.at(-1) ?? [1, ''];
  return `${threeDigits(value / factor)}${symbol}`;
}

/** A score with its sign when it is below; at the cap it says that it may be more. */
export function sigmaText(score: number): string {
  if (score >= SCORE_CAP) return `≥ ${SCORE_CAP}σ`;
  if (score <= -SCORE_CAP) return `≤ -${SCORE_CAP}σ`;
  const below = SCORE_CAP - 0.1;
  return `${Math.min(below, Math.max(-below, score)).toFixed(1)}σ`;
}

function threeDigits(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function bytes(per: string): readonly (readonly [number, string])[] {
  return ['Ti', 'Gi', 'Mi', 'Ki', 'B'].map((symbol, index) => [1024 ** (4 - index), `${symbol}${per}`] as const);
}
