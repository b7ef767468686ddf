// `spec.findings`: what a finding may do, above all whether somebody is told.
import { z } from 'zod';
import { type AlertRule, RESERVED_ALERT_LABELS } from '#model/alert.ts';
import { readExtension } from '../extension/read-extension.ts';
import { duration, oneOf, text } from '../fields.ts';
import { goDurationMs } from '../schema/go-duration.ts';
import { rule, rules } from '../schema/structural-schema.ts';

const SEVERITIES = ['Info', 'Warning', 'Critical'] as const;

/**
 * What is over sooner is in the page and wakes nobody; where points are rare, few of them are no more than chance. Where a finding ends
 * once its method got used to it, few last longer than the shorter.
 */
const DEFAULTS = { back: { for: '20m', points: 20 }, scored: { for: '5m', points: 5 } } as const;
const inWords = ({ for: time, points }: (typeof DEFAULTS)['back' | 'scored']) =>
  `${time}, or ${points} points where they lie further apart`;

const MOST_LABELS = 16;
const NAME = '^[a-zA-Z_][a-zA-Z0-9_]{0,62}$';
const EXPECTED_NAME =
  'expected names of labels of Prometheus: letters, digits and "_", at most 63, without "__" in front';
const EXPECTED_FREE = `expected no label that each alert has: ${RESERVED_ALERT_LABELS.join(', ')}`;
const oneLine = (most: number) => text(most, /^[^\p{Cc}]+$/u, `expected a text of 1 to ${most} characters in one line`);

const alertLabels = z.record(z.string(), oneLine(253)).meta({
  ...{ minProperties: 1, maxProperties: MOST_LABELS },
  expected: `expected 1 to ${MOST_LABELS} labels, e.g. {team: shop}`,
  ...rules(
    rule(`self.all(name, name.matches('${NAME}') && !name.startsWith('__'))`, EXPECTED_NAME),
    rule(`self.all(name, !(name in [${RESERVED_ALERT_LABELS.map((name) => `'${name}'`).join(', ')}]))`, EXPECTED_FREE),
  ),
});

export const findings = z.strictObject({
  alert: z.boolean().default(false).describe('Whether somebody is told'),
  severity: oneOf(SEVERITIES)
    .default('Warning')
    .describe('How bad a finding is; a label of its alert, in small letters'),
  for: duration('1s', '24h')
    .optional()
    .describe(
      `For how long it must have been open without a break before anybody is told; absent: ${inWords(DEFAULTS.back)}, with guards.ends: back; else ${inWords(DEFAULTS.scored)}`,
    ),
  labels: alertLabels.optional().describe('Labels of the alert beside its own: who is told may go by them'),
  summary: oneLine(300).optional().describe('What the alert says first; absent: what was found, where'),
});

/**
 * Undefined where nobody is to be told. `ends` is the guard of that name; `extension` is the detector's, as JSON: a runbook there
 * goes with the alert.
 */
export function alertRuleOf(
  said: z.infer<typeof findings>,
  ends: 'back' | 'scored',
  extension: string | undefined,
): AlertRule | undefined {
  if (!said.alert) return undefined;
  const own = extension === undefined ? undefined : readExtension(extension);
  const runbook = own?.kind === 'read' ? own.value.url : undefined;
  const usual = DEFAULTS[ends];
  return {
    afterMs: goDurationMs(said.for ?? usual.for) ?? 0,
    ...(said.for === undefined && { afterPoints: usual.points }),
    severity: said.severity.toLowerCase() as Lowercase<typeof said.severity>,
    labels: said.labels ?? {},
    ...(said.summary !== undefined && { summary: said.summary }),
    ...(runbook !== undefined && { runbook }),
  };
}
