// docs/algorithms.md: the detection algorithms with their parameters, from the registry of src/detect.
import type { Algorithm, Param } from '#detect/contract.ts';
import { NOTICE, table } from './markdown.ts';

export function algorithmsPage(registry: Readonly<Record<string, Algorithm>>): string {
  const algorithms = Object.values(registry).sort((a, b) => (a.name < b.name ? -1 : 1));
  const overview = algorithms.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]);
  return `${NOTICE}

# Algorithms

Each gives a score to every point of a series, in sigmas: ±3 is as rare, on the series' own history, as 3σ of a normal;
the sign is the direction. A detector names one, and may set its parameters. How well they do is in
[accuracy.md](accuracy.md).

${table(['algorithm', 'in one sentence'], overview)}

${algorithms.map(section).join('\n')}`;
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
