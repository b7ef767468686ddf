// docs/ready-made.md: what is watched in every cluster, by what query, with what bound and why.
import { IGNORED } from '#app/ready-made/detectors.ts';
import { recordedName } from '#app/ready-made/recording-rules.ts';
import type { Observed } from '#resource/observe/catalogue.ts';
import type { MeasuredBy } from '#resource/observe/entry.ts';
import { NOTICE, table } from './markdown.ts';

const OF: readonly (readonly [of: Observed['of'], title: string])[] = [
  ['pod', 'Pods'],
  ['node', 'Nodes'],
  ['volume', 'Volumes'],
  ['cluster', 'The cluster itself'],
];

const MEASURED: Readonly<Record<MeasuredBy, string>> = {
  any: 'any pod',
  'node-exporter': 'the node exporter’s pods',
  etcd: 'the pods of etcd',
};

export function readyMadePage(observed: readonly Observed[]): string {
  const declared = observed.filter((one) => one.declared !== undefined);
  return [
    '# Ready-made detectors',
    '',
    NOTICE,
    '',
    `What every cluster has is watched by observe mode (\`tidewatch run\`) without a resource written: ${observed.length} queries, each once a minute.`,
    'One that gave nothing for an hour is asked every ten minutes, for all that it was not asked for.',
    '',
    `${declared.length} of them are detectors as well, in [detectors/kubernetes.yaml](../detectors/kubernetes.yaml): apply those of which you want a state, events or`,
    `bounds of your own. A pod with the label \`${IGNORED}\` is watched by none of these. The others cannot be declared: a detector is`,
    'of pods, and no pod measures them.',
    '',
    'A bound is a limit that somebody set. Where there is none, `auto` says what is usual; a point is anomalous beyond 4 sigmas and at',
    'least twice the usual, where the table says no other. Two points in a row open a finding, where the table says no other.',
    '[A Prometheus that measures all of this](guides/prometheus.md) comes with it.',
    '',
    ...OF.flatMap(([of, title]) =>
      section(
        title,
        observed.filter((one) => one.of === of),
      ),
    ),
  ].join('\n');
}

function section(title: string, entries: readonly Observed[]): string[] {
  const rows = entries.map((one) => [`\`${one.metricName}\``, `${one.summary}.`, boundOf(one), one.why]);
  const queries = entries.flatMap((one) => [
    `### ${one.metricName}`,
    '',
    `${one.summary}, in ${UNITS[one.unit]}. ${declaredAs(one)}`,
    '',
    '```promql',
    one.promql,
    '```',
    '',
  ]);
  return [`## ${title}`, '', table(['name', 'what', 'anomalous', 'why'], rows), '', ...queries];
}

const UNITS: Readonly<Record<Observed['unit'], string>> = {
  cores: 'cores',
  bytes: 'bytes',
  ratio: 'shares of 1',
  seconds: 'seconds',
  'per-second': 'packets a second',
  count: 'numbers',
  state: '1 for yes and 0 for no',
};

function boundOf({ above, plan: { guards } }: Observed): string {
  const { minAbsoluteDeviation, minRelativeDeviation, persistence } = guards;
  const points = persistence.points === 1 ? ', at once' : '';
  if (above !== undefined) return `above ${above}${points}`;
  const relative = minRelativeDeviation === 1 ? '' : `, ${minRelativeDeviation * 100} % off`;
  return `\`auto\`, at least ${minAbsoluteDeviation} off${relative}${points}`;
}

function declaredAs({ declared, isHeavy, metricName }: Observed): string {
  const recorded = isHeavy === true ? ` The rules keep it as \`${recordedName(metricName)}\`.` : '';
  return `${declared === undefined ? 'By observe mode alone.' : `As a detector: of ${MEASURED[declared.pods]}.`}${recorded}`;
}
