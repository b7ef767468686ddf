// detectors/kubernetes.yaml and deploy/prometheus/: detectors of what every cluster has, and a Prometheus that measures it.
// All of it follows from src/resource/observe/.

import { toYaml } from '#app/manifests/yaml-text.ts';
import { IGNORED, type Reading, readyMadeDetectors } from '#app/ready-made/detectors.ts';
import { ruleGroups } from '#app/ready-made/recording-rules.ts';
import { DEFAULT_CONFIG, prometheusConfig } from '#app/scraping/prometheus-config.ts';

const NOTICE = '# Written by `npm run generate`: change src/resource/observe/, not this file.\n';

/** Path → text. */
export function readyMadeFiles(group: string): Readonly<Record<string, string>> {
  return {
    'detectors/kubernetes.yaml': detectorsFile(group, 'queries'),
    'deploy/prometheus/detectors.yaml': detectorsFile(group, 'recorded'),
    'deploy/prometheus/prometheus.yaml': `${NOTICE}# How and why: docs/guides/prometheus.md\n${prometheusConfig(DEFAULT_CONFIG)}`,
    'deploy/prometheus/rules.yaml': `${NOTICE}${toYaml([ruleGroups()]).replace(/^---\n/, '')}`,
    'deploy/prometheus/prometheus-rule.yaml': `${NOTICE}# rules.yaml for the Prometheus Operator.\n${toYaml([prometheusRule()])}`,
  };
}

function detectorsFile(group: string, reading: Reading): string {
  const head = [
    'What observe mode watches, as detectors: apply those of which you want a state, an event or other bounds.',
    'docs/ready-made.md says what each is, and why its bound. A pod that none of them is to watch carries the label',
    `${IGNORED}.`,
    ...(reading === 'recorded'
      ? ['Where the rules beside this file are, these read what they keep; else detectors/kubernetes.yaml asks for it.']
      : []),
  ];
  const documents = readyMadeDetectors(group, reading).map(
    ({ observed, object }) =>
      `---\n# ${observed.summary}.\n# ${observed.why}\n${toYaml([object]).replace(/^---\n/, '')}`,
  );
  return `${NOTICE}${head.map((line) => `# ${line}\n`).join('')}${documents.join('')}`;
}

function prometheusRule(): object {
  const metadata = { name: 'tidewatch', namespace: 'monitoring' };
  return { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata, spec: ruleGroups() };
}
