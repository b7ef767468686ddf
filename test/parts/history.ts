// Samples from before a test began, and how the stores of metrics want to be told of them.

/** A series on a regular grid; NaN is missing. `labels` holds `__name__`. */
export interface History {
  readonly labels: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly stepMs: number;
  readonly values: ArrayLike<number>;
}

/** OpenMetrics, whose times are in seconds. */
export function toOpenMetrics(series: readonly History[]): string {
  const lines = series.flatMap((one) => {
    const { __name__: name = '', ...labels } = one.labels;
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(value)}"`);
    const head = `${name}{${pairs.join(',')}}`;
    return samplesOf(one).map(([timeMs, value]) => `${head} ${numberText(value)} ${timeMs / 1000}\n`);
  });
  return `${lines.join('')}# EOF\n`;
}

/** VictoriaMetrics' own lines of JSON. */
export function toImportLines(series: readonly History[]): string {
  return series
    .map((one) => {
      const samples = samplesOf(one);
      const timestamps = samples.map(([timeMs]) => timeMs);
      return `${JSON.stringify({ metric: one.labels, values: samples.map(([, value]) => value), timestamps })}\n`;
    })
    .join('');
}

function samplesOf({ startMs, stepMs, values }: History): [timeMs: number, value: number][] {
  return Array.from(values, (value, index): [number, number] => [startMs + index * stepMs, value]).filter(
    ([, value]) => !Number.isNaN(value),
  );
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
