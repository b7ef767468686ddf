// docs/detectors.md: how a detectors file is written, from the schema that reads it.
import { z } from 'zod';
import { NOTICE, table } from './markdown.ts';

interface Field {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

/** `example` is a detectors file that is known to be legal. */
export function detectorsPage(schema: z.ZodType, example: string): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Field;
  const spec = properties.spec ?? {};
  return [
    '# A detectors file',
    '',
    NOTICE,
    '',
    'A file of YAML documents, each an `AnomalyDetector`: which series it watches, by which method, and what a point must pass to',
    'become a finding. `tidewatch backtest TAPE -f FILE` says what it would have flagged; `tidewatch tape info TAPE` lists the',
    'metrics and labels of a tape. Whatever is wrong is told with its line, what was expected and the nearest known name.',
    '',
    '```yaml',
    example.trim(),
    '```',
    '',
    '## Fields below `spec`',
    '',
    table(['field', 'what it is', 'allowed', 'default'], rows(spec, '')),
    '',
    'A method’s own parameters are in [algorithms.md](algorithms.md); they go below `spec.parameters`.',
    'A finding names its guards with what was asked and what was seen. A selector that matches no series is told by `backtest`.',
    '',
  ].join('\n');
}

function rows(parent: Field, prefix: string): string[][] {
  return Object.entries(parent.properties ?? {}).flatMap(([name, field]) => {
    const required = parent.required?.includes(name) === true;
    const own = [
      `\`${prefix}${name}\``,
      field.description ?? '',
      allowed(field),
      required ? '**required**' : shown(field.default),
    ];
    return [own, ...rows(field, `${prefix}${name}.`)];
  });
}

function allowed({ type, enum: names, minimum, maximum, properties }: Field): string {
  if (names !== undefined) return names.map((name) => `\`${name}\``).join(', ');
  if (properties !== undefined) return 'a mapping';
  if (type === 'object') return 'a mapping of names to values';
  if (type !== 'number' && type !== 'integer') return type === 'string' ? 'a text' : (type ?? '');
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) return `${kind}, ${minimum ?? ''} to ${maximum}`;
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? kind : `${kind}, ${minimum} or more`;
}

function shown(value: unknown): string {
  return value === undefined || typeof value === 'object' ? '' : `\`${String(value)}\``;
}
