// The formulas of Grafana's "adaptive" and "robust" anomaly rules for Prometheus (github.com/grafana/promql-anomaly-detection, as
// published in 2025), written as rule groups of our own: what they read, over which windows, and how often, is theirs; what they
// say to a user is left out. Only their evaluation interval is ours, so that an hour of them fits into minutes.

export type Strategy = 'adaptive' | 'robust';

interface Group {
  readonly name: string;
  /** Of the whole set's evaluations, each so many. */
  readonly every: number;
  readonly rules: readonly Rule[];
}

type Rule = { readonly record: string; readonly expr: string; readonly labels?: Readonly<Record<string, string>> };

/** Long-term groups are evaluated at each fifth of the others' minutes. */
const LONG_TERM = 5;
const TYPES = ['requests', 'latency', 'errors', 'resource'];

const constant = (record: string, value: string): Rule => ({ record, expr: value });

/** Every tagged series that is above 0; requests only where they are not sparse. */
function select(strategy: Strategy, tag: string): Rule {
  const selector = (type: string) =>
    `{anomaly_name!="",${type === '' ? '' : `anomaly_type="${type}",`}anomaly_select="",anomaly_strategy${tag}}`;
  const [requests = '', ...others] = [...TYPES, ''].map(selector);
  const dense = `(${requests} > 0 unless avg_over_time(${requests}[1h]) < on() group_left anomaly:${strategy}:sparse_threshold)`;
  return {
    record: `anomaly:${strategy}:select`,
    expr: [dense, ...others.map((one) => `${one} > 0`)].join(' or '),
    labels: { anomaly_select: '1', anomaly_strategy: strategy },
  };
}

/** The widest (or narrowest) of several bands, told apart by a label. */
function combine(how: 'max' | 'min', label: string, bands: Readonly<Record<string, string>>, more?: string): string {
  const named = Object.entries(bands).map(([name, band]) => `label_replace(${band}, "${label}", "${name}", "", "")`);
  return `${how} without(${label}) (${[...named, ...(more === undefined ? [] : [more])].join(' or ')})`;
}

function adaptive(): Group[] {
  const at = (name: string) => `anomaly:adaptive:${name}`;
  const recent = (name: string) => `last_over_time(${at(name)}[2m])`;
  const times = (name: string) => `* on() group_left ${at(name)}`;
  const bands = (sign: string) => ({
    short_term: `${recent('avg_1h')} ${sign} ${recent('stddev_st')} ${times('stddev_multiplier')}`,
    margin: `${recent('avg_1h')} ${sign} ${recent('avg_1h')} ${times('margin_multiplier')}`,
  });
  const past = (sign: string, offset: string) =>
    `avg_over_time(${at('select')}[1h] offset ${offset}) ${sign} stddev_over_time(${at('select')}[1h] offset ${offset}) ${times('stddev_multiplier')}`;
  const pasts = (sign: string) => ({ '1w': past(sign, '167h30m'), '1d': past(sign, '23h30m') });
  const lower = combine('min', 'prediction_type', bands('-'), `last_over_time(${at('lower_band_lt')}[10m])`);
  const upper = combine('max', 'prediction_type', bands('+'), `last_over_time(${at('upper_band_lt')}[10m])`);
  return [
    {
      ...{ name: 'short', every: 1 },
      rules: [
        ...[constant(at('threshold_by_covar'), '0.5'), constant(at('sparse_threshold'), '5/60')],
        ...[constant(at('stddev_multiplier'), '2'), constant(at('margin_multiplier'), '0.5')],
        select('adaptive', '=~"^$|adaptive"'),
        { record: at('avg_1h'), expr: `avg_over_time(${at('select')}[1h])` },
        {
          record: at('stddev_1h:filtered'),
          expr: `stddev_over_time(${at('select')}[1h]) > ${at('avg_1h')} ${times('threshold_by_covar')}`,
        },
        { record: at('stddev_st'), expr: `avg_over_time(${at('stddev_1h:filtered')}[26h])` },
        { record: 'anomaly:level', expr: at('select') },
        { record: 'anomaly:lower_band', expr: `clamp_min(${lower}, 0)` },
        { record: 'anomaly:upper_band', expr: upper },
      ],
    },
    {
      ...{ name: 'long', every: LONG_TERM },
      rules: [
        { record: at('upper_band_lt'), expr: combine('max', 'look_back', pasts('+')) },
        { record: at('lower_band_lt'), expr: combine('min', 'look_back', pasts('-')) },
      ],
    },
    alerts('adaptive'),
  ];
}

function robust(): Group[] {
  const at = (name: string) => `anomaly:robust:${name}`;
  const recent = (name: string) => `last_over_time(${at(name)}[2m])`;
  const times = (name: string) => `* on() group_left ${at(name)}`;
  const median = (of: string) => `quantile_over_time(0.5, ${of})`;
  const bands = (sign: string, margin: string) => ({
    short_term: `${recent('median_lt')} ${sign} ${recent('mad_lt')} ${times('mad_multiplier')}`,
    margin: `${recent('median_lt')} ${sign} ${recent(margin)}`,
  });
  const margin = `${at('median_lt')} ${times('margin_multiplier')}`;
  const lower = combine(
    'min',
    'prediction_type',
    bands('-', 'lower_band_margin'),
    `last_over_time(${at('lower_seasonality_band')}[10m])`,
  );
  const upper = combine(
    'max',
    'prediction_type',
    bands('+', 'upper_band_margin'),
    `last_over_time(${at('upper_seasonality_band')}[10m])`,
  );
  const seasons = { '1w': '167h45m', '1d': '23h45m' };
  const seasonal = (sign: string) =>
    Object.fromEntries(
      Object.keys(seasons).map((name) => [
        name,
        `${at(`median_seasonality_${name}`)} ${sign} ${at(`mad_seasonality_${name}`)} ${times('mad_multiplier')}`,
      ]),
    );
  return [
    {
      ...{ name: 'short', every: 1 },
      rules: [
        constant(at('mad_multiplier'), '2'),
        ...[constant(at('margin_multiplier'), '0.5'), constant(at('sparse_threshold'), '5/60')],
        select('robust', '="robust"'),
        { record: at('median_lt'), expr: median(`${at('select')}[1d]`) },
        { record: at('abs_dev_lt'), expr: `abs(${at('select')} - ${at('median_lt')})` },
        { record: at('mad_lt'), expr: median(`${at('abs_dev_lt')}[1d]`) },
        ...[
          { record: at('lower_band_margin'), expr: margin },
          { record: at('upper_band_margin'), expr: margin },
        ],
        { record: 'anomaly:level', expr: median(`${at('select')}[1h]`) },
        { record: 'anomaly:lower_band', expr: `clamp_min(${lower}, 0)` },
        { record: 'anomaly:upper_band', expr: upper },
      ],
    },
    {
      ...{ name: 'long', every: LONG_TERM },
      rules: [
        ...Object.entries(seasons).flatMap(([name, offset]) => [
          { record: at(`median_seasonality_${name}`), expr: median(`${at('select')}[1h] offset ${offset}`) },
          {
            record: at(`abs_dev_seasonality_${name}`),
            expr: `abs(${at('select')} offset ${offset} - ${at(`median_seasonality_${name}`)})`,
          },
          { record: at(`mad_seasonality_${name}`), expr: median(`${at(`abs_dev_seasonality_${name}`)}[1h]`) },
        ]),
        { record: at('upper_seasonality_band'), expr: combine('max', 'look_back', seasonal('+')) },
        { record: at('lower_seasonality_band'), expr: combine('min', 'look_back', seasonal('-')) },
      ],
    },
    alerts('robust'),
  ];
}

/** Recorded and not alerted: an alert costs no less. */
function alerts(strategy: Strategy): Group {
  const band = (name: string) => `last_over_time(anomaly:${name}_band{anomaly_strategy="${strategy}"}[2m])`;
  const level = 'last_over_time(anomaly:level[2m])';
  return {
    ...{ name: 'alerts', every: 1 },
    rules: [{ record: 'anomaly:found', expr: `${level} < ${band('lower')} or ${level} > ${band('upper')}` }],
  };
}

/** A rule file of the strategy, whose minute is `minuteMs`. JSON is YAML. */
export function rulesOf(strategy: Strategy, minuteMs: number): string {
  const groups = (strategy === 'adaptive' ? adaptive() : robust()).map(({ name, every, rules }) => ({
    ...{ name, rules },
    interval: `${every * minuteMs}ms`,
  }));
  return JSON.stringify({ groups }, undefined, 2);
}
