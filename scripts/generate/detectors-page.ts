// docs/detectors.md: how detectors are written, field by field, from the definitions that read them.

import { MEANING } from '#resource/anomaly-detector/meaning.ts';
import type { ExtensionType } from '#resource/extension/contract.ts';
import { schemaOf } from '#resource/extension/read-extension.ts';
import { type Kind, objectSchema } from '#resource/kinds.ts';
import { expectation } from '#resource/schema/expectation.ts';
import { type Schema, valuesOf } from '#resource/schema/schema.ts';
import { NOTICE, table } from './markdown.ts';

export interface DetectorsPage {
  readonly kinds: readonly Kind[];
  readonly extensions: Readonly<Record<string, ExtensionType>>;
  /** A detectors file that is known to be legal. */
  readonly example: string;
}

export function detectorsPage({ kinds, extensions, example }: DetectorsPage): string {
  return [
    '# Detectors',
    '',
    NOTICE,
    '',
    'A detector says which series it watches, by which method, and what a point must pass to become a finding. It is applied to a',
    'cluster, or stands in a file: [`tidewatch backtest`](guides/back-test.md) says what it would have flagged, `tidewatch validate -f FILE`',
    'whether a cluster would take it, `tidewatch explain anomalydetector.spec.guards` what may be written where. Whatever is wrong is',
    'told with its line, what was expected and the nearest known name.',
    '',
    '```yaml',
    example.trim(),
    '```',
    '',
    'Objects are stored as `v2`. All that `v1` says is said in `v2` by the same words, so that a detector of `v1` needs no change.',
    'The parameters of each method are explained in [algorithms.md](algorithms.md).',
    '',
    ...kinds.flatMap((kind) => kind.versions.toReversed().flatMap((version) => section(kind, version.name))),
    '## What only the webhook says',
    '',
    'Beyond the schema, `tidewatch validate` and the webhook refuse what is below. A check that knows the schema alone (an API server',
    'without the webhook, `kubectl-validate`) lets it in; in all else they say the same.',
    '',
    table(
      ['where', 'what must be so'],
      MEANING.map(({ at, says }) => [`\`${at}\``, says]),
    ),
    '',
    'Of a file or a folder, `tidewatch validate` also refuses two objects of one name, and YAML that `kubectl` reads otherwise than it looks.',
    '',
    '## Extensions',
    '',
    '`spec.extension` keeps any JSON as it is. These types are known; a bad one is a warning and breaks nothing',
    '([more](guides/typed-specs.md#a-field-that-is-not-yours)).',
    '',
    ...Object.entries(extensions).flatMap(([name, type]) => extensionSection(name, type)),
  ].join('\n');
}

function section(kind: Kind, name: string): string[] {
  const version = kind.versions.find((one) => one.name === name);
  const spec = version && objectSchema(kind, version).properties?.spec;
  if (spec === undefined) return [];
  const rules = rulesOf(spec, 'spec');
  return [
    `## ${kind.kind} ${name}`,
    '',
    kind.description,
    '',
    table(['field below `spec`', 'what it is', 'allowed', 'default'], rows(spec, '')),
    '',
    ...(rules.length === 0 ? [] : ['What fields must be together:', '', ...rules, '']),
  ];
}

function extensionSection(name: string, type: ExtensionType): string[] {
  const schema = schemaOf(type);
  return [
    `### ${name}`,
    '',
    type.summary,
    '',
    table(['field below `spec.extension`', 'what it is', 'allowed', 'default'], rows(schema, '')),
    '',
    ...rulesOf(schema, 'spec.extension'),
    '',
  ];
}

function rows(parent: Schema, prefix: string): string[][] {
  return Object.entries(parent.properties ?? {}).flatMap(([name, field]) => {
    const required = parent.required?.includes(name) === true && field.default === undefined;
    const path = `${prefix}${name}`;
    const own = [
      `\`${path}\``,
      field.description ?? '',
      allowed(field),
      required ? '**required**' : shown(field.default),
    ];
    return [own, ...rows(field, `${path}.`), ...(field.items === undefined ? [] : rows(field.items, `${path}[].`))];
  });
}

function allowed(field: Schema): string {
  const { enum: names, items } = field;
  if (names !== undefined) return names.map((name) => `\`${String(name)}\``).join(', ');
  if (field.properties !== undefined) return 'a mapping';
  const words = expectation(field).replace(/^expected /, '');
  const inner = items ?? valuesOf(field);
  if (inner?.properties !== undefined || inner === undefined) return words;
  return `${words}; each ${expectation(inner).replace(/^expected /, '')}`;
}

function rulesOf(schema: Schema, path: string): string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(
    ({ fieldPath = '', message = '' }) => `- \`${path}${fieldPath}\`: ${message}`,
  );
  const under = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => rulesOf(field, `${path}.${name}`));
  return [...own, ...under, ...(schema.items === undefined ? [] : rulesOf(schema.items, `${path}[]`))];
}

function shown(value: unknown): string {
  return value === undefined || typeof value === 'object' ? '' : `\`${String(value)}\``;
}
