// docs/algorithms.md: the detection algorithms with their parameters, from the registry of src/detect.
import type { Algorithm } from '#detect/contract.ts';
import { NULL_SHARES } from '#detect/null-shares.ts';
import { NOTICE, table } from './markdown.ts';
import { defaultOf, rangeOf } from './param-words.ts';

export function algorithmsPage(registry: Readonly<Record<string, Algorithm>>): string {
  const algorithms = Object.values(registry).sort((a, b) => (a.name < b.name ? -1 : 1));
  const overview = algorithms.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]);
  return `${NOTICE}

# Algorithms

Each gives a score to every point of a series, in sigmas; the sign is the direction. A detector names one, and may set its
parameters. How well they do is in [accuracy.md](accuracy.md); what each parameter does is drawn in [Which knob to turn](guides/tuning.md).

${table(['algorithm', 'in one sentence'], overview)}

${promqlText(algorithms)}

## What a sigma is worth

For roughly normal data ±3 is as rare, on the series' own history, as 3σ of a normal: 0.27 % of points. Other shapes have
more points beyond, though nothing is wrong with them. Measured on independent draws, in % of points beyond ±3 (beyond ±6):

${table(['algorithm', 'log-normal', 'exponential', '0, in one point of ten 1'], algorithms.flatMap(shares))}

So a threshold alone does not say how many points will be beyond it: that is what guards and \`tidewatch backtest\` are for.
\`static-threshold\` has no baseline, \`slow-trend\` rates a window and no point, and the others that are not listed have the point in
their own baseline: they make no such promise.

${algorithms.map(section).join('\n')}`;
}

/** Which of them Prometheus can evaluate by itself. */
function promqlText(algorithms: readonly Algorithm[]): string {
  const names = algorithms.flatMap(({ name, promql }) => (promql === undefined ? [] : [`\`${name}\``]));
  return `As [rules of Prometheus](guides/promql-rules.md), with the same figures, there are ${names.join(', ')}.`;
}

function shares({ name }: Algorithm): string[][] {
  const found = NULL_SHARES[name];
  if (found === undefined) return [];
  const { logNormal, exponential, oneInTen } = found;
  const cell = ([beyond3, beyond6]: readonly [number, number]) => `${beyond3.toFixed(1)} (${beyond6.toFixed(1)})`;
  return [[`\`${name}\``, ...[logNormal, exponential, oneInTen].map(cell)]];
}

function section({ name, summary, source, shines, fails, params }: Algorithm): string {
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

**Good for:** ${shines}

**Bad for:** ${fails}

${listed}

Source: ${source.replace(/\.$/, '')}.
`;
}
