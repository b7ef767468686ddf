// The unit a metric is measured in, read from the end of its name as Prometheus' conventions have it, and the scales
// that a figure of that unit is read best in.

export type Unit = 'seconds' | 'bytes' | 'bytes-per-second' | 'cores' | 'ratio' | 'per-second' | 'plain';

const SUFFIXES: readonly (readonly [string, Unit])[] = [
  ['_bytes_per_second', 'bytes-per-second'],
  ['_per_second', 'per-second'],
  ['_milliseconds', 'plain'],
  ['_seconds', 'seconds'],
  ['_bytes', 'bytes'],
  ['_cores', 'cores'],
  ['_ratio', 'ratio'],
];

export function unitOf(metricName: string): Unit {
  const name = metricName.replace(/_total$/, '');
  return SUFFIXES.find(([suffix]) => name.endsWith(suffix))?.[1] ?? 'plain';
}

/** The name without the words of its unit: `cpu_usage_cores` → `cpu_usage`. */
export function withoutUnit(metricName: string): string {
  const name = metricName.replace(/_total$/, '');
  const suffix = SUFFIXES.find(([end, unit]) => unit !== 'plain' && name.endsWith(end))?.[0] ?? '';
  return suffix === '' ? name : name.slice(0, -suffix.length);
}

/** What is measured in such a unit is never negative, whatever the arithmetic of a band gives. */
export function fromZero(value: number, unit: Unit): number {
  return unit === 'plain' ? value : Math.max(0, value);
}

const STEPS: Readonly<Record<Unit, readonly (readonly [number, string])[]>> = {
  seconds: [
    [60, 'min'],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ],
  bytes: [
    [2 ** 40, 'Ti'],
    [2 ** 30, 'Gi'],
    [2 ** 20, 'Mi'],
    [2 ** 10, 'Ki'],
    [1, 'B'],
  ],
  'bytes-per-second': [
    [2 ** 30, 'Gi/s'],
    [2 ** 20, 'Mi/s'],
    [2 ** 10, 'Ki/s'],
    [1, 'B/s'],
  ],
  cores: [
    [1, 'cores'],
    [1e-3, 'millicores'],
  ],
  ratio: [[0.01, '%']],
  'per-second': [[1, '/s']],
  plain: [[1, '']],
};

/**
 * The factor and symbol in which a value of this size reads best. A whole axis uses the scale of its largest value.
 * Minutes begin at two; zero and what is smaller than the least unit use the least.
 */
export function scaleFor(value: number, unit: Unit): { readonly factor: number; readonly symbol: string } {
  const size = Math.abs(value);
  const steps = STEPS[unit];
  const fits = (factor: number): boolean => size >= (factor === 60 ? 120 : factor) * 0.9995;
  const zero = size === 0 && unit !== 'plain' ? steps.find(([factor]) => factor === 1) : undefined;
  const step = zero ?? steps.find(([factor]) => fits(factor)) ?? steps[steps.length - 1];
  return { factor: step?.[0] ?? 1, symbol: step?.[1] ?? '' };
}
