// docs/algorithms.md: the detection algorithms with their parameters, from the registry of src/detect.
import type { Algorithm, Param } from '#detect/contract.ts';
import { NULL_SHARES } from '#detect/null-shares.ts';
import { NOTICE, table } from './markdown.ts';

export function algorithmsPage(registry: Readonly<Record<string, Algorithm>>): string {
  const algorithms = Object.values(registry).sort((a, b) => (a.name < b.name ? -1 : 1));
  const overview = algorithms.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]);
  return `${NOTICE}

# Algorithms

Each gives a score to every point of a series, in sigmas; the sign is the direction. A detector names one, and may set its
parameters. How well they do is in [accuracy.md](accuracy.md).

${table(['algorithm', 'in one sentence'], overview)}

## What a sigma is worth

For roughly normal data ±3 is as rare, on the series' own history, as 3σ of a normal: 0.27 % of points. Other shapes have
more points beyond, though nothing is wrong with them. Measured on independent draws, in % of points beyond ±3 (beyond ±6):

${table(['algorithm', 'log-normal', 'exponential', '0, in one point of ten 1'], algorithms.flatMap(shares))}

So a threshold alone does not say how many points will be beyond it: that is what guards and \`tidewatch backtest\` are for.
\`static-threshold\` has no baseline, and \`z-score\` has the point in its own: neither makes this promise.

${algorithms.map(section).join('\n')}`;
}

function shares({ name }: Algorithm): string[][] {
  const found = NULL_SHARES[name];
  if (found === undefined) return [];
  const { logNormal, exponential, oneInTen } = found;
  const cell = ([beyond3, beyond6]: readonly [number, number]) => `${beyond3.toFixed(1)} (${beyond6.toFixed(1)})`;
  return [[`\`${name}\``, ...[logNormal, exponential, oneInTen].map(cell)]];
}

function section({ name, summary, source, params }: Algorithm): string {
  const rows = Object.entries(params).map(([key, param]) => [
    `\`${key}\``,
    defaultOf(param),
    rangeOf(param),
    param.summary,
  ]);
  const listed =
    rows.length === 0 ? 'It has no parameters.' : table(['parameter', 'default', 'range', 'meaning'], rows);
  return `## ${name}

${summary}

${listed}

Source: ${source.replace(/\.$/, '')}.
`;
}

function defaultOf(param: Param): string {
  if (param.default === undefined) return param.kind === 'number' && param.optional ? 'none' : 'must be given';
  if (param.kind !== 'number' || param.unit === undefined) return `${param.default}`;
  const { default: value, unit } = param;
  return unit === 'ms' ? `${value} (${span(value)})` : `${value} ${unit}`;
}

function rangeOf(param: Param): string {
  if (param.kind === 'boolean') return 'true, false';
  if (param.kind === 'choice') return param.choices.join(', ');
  const { min, max, unit, integer } = param;
  const inWords = (limit: number) => (unit === 'ms' ? span(limit) : `${limit}`);
  const what = integer ? 'whole' : '';
  const limits = [
    ...(min === undefined ? [] : [`from ${inWords(min)}`]),
    ...(max === undefined ? [] : [`to ${inWords(max)}`]),
  ];
  return [what, ...limits].filter((word) => word !== '').join(' ') || 'any';
}

const SPANS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** Milliseconds as people say them: the largest unit of which there is a whole number. */
function span(ms: number): string {
  const found = SPANS.find(([one]) => ms >= one && ms % one === 0);
  return found === undefined ? `${ms} ms` : `${ms / found[0]} ${found[1]}`;
}
