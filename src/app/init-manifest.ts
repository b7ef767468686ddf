// The seven lines of a detector, as somebody would write them. The method is named, so that it is seen.
import type { Labels } from '#model/series.ts';
import { KIND } from '#resource/anomaly-detector/v1.ts';

export interface FirstDetector {
  /** Of its API. */
  readonly group: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly metricName: string;
}

/** Of a resource, as a DNS label. */
const MOST_NAME = 63;

export function manifestOf({ group, namespace, selector, metricName }: FirstDetector): string {
  const pairs = Object.entries(selector).map(([name, value]) => `${yamlText(name)}: ${yamlText(value)}`);
  return [
    `apiVersion: ${group}/v2`,
    `kind: ${KIND}`,
    `metadata: { name: ${yamlText(nameOf(selector, metricName))}, namespace: ${yamlText(namespace)} }`,
    'spec:',
    `  targets: { matchLabels: { ${pairs.join(', ')} } }`,
    `  metrics: [{ name: ${yamlText(metricName)} }]`,
    '  method: { name: auto }',
    '',
  ].join('\n');
}

function nameOf(selector: Labels, metricName: string): string {
  const [first = ''] = Object.values(selector);
  const words = `${first}-${metricName}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, MOST_NAME).replaceAll(/^-+|-+$/g, '');
}

/** In quotes unless it can be taken for nothing but a text. */
function yamlText(text: string): string {
  const isPlain = /^[a-z][a-z0-9_.-]*$/i.test(text) && !/^(true|false|yes|no|on|off|null|y|n|e\d+)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
