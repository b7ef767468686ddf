// `npm run generate`: writes the documents that follow from the code, so that there is one definition of each thing.
// With --check it writes nothing, names what is out of date, and ends with 1 when there is any.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApi } from '#api/rest/openapi.ts';
import { installText } from '#app/manifests/install.ts';
import { defaultOptions } from '#app/manifests/options.ts';
import { toYaml } from '#app/manifests/yaml-text.ts';
import { ruleFile } from '#app/rules/rule-file.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { ERROR_CODES } from '#kit/errors.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { EXTENSIONS } from '#resource/extension/index.ts';
import { kindsOf } from '#resource/kinds.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { algorithmsPage } from './generate/algorithms-page.ts';
import { chaosFiles } from './generate/chaos-files.ts';
import { crdFile } from './generate/crd-file.ts';
import { detectorsPage } from './generate/detectors-page.ts';
import { errorsPage } from './generate/errors-page.ts';
import { readyMadeFiles } from './generate/ready-made-files.ts';
import { readyMadePage } from './generate/ready-made-page.ts';
import { GUARDS } from './generate/tuning/scenes/guards.ts';
import { SCENES } from './generate/tuning/scenes/index.ts';
import { tuningFiles } from './generate/tuning/tuning-page.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** The first of the shipped detectors. */
function firstDetector(): string {
  return readFileSync(join(ROOT, 'detectors/online-boutique.yaml'), 'utf8').split('\n---\n')[1] ?? '';
}

/** What `tidewatch rules` prints of the guide's detector. */
function rulesOfGuide(): string {
  const path = 'docs/guides/promql-detector.yaml';
  const options = { namespace: 'default', selectBy: 'pods', alerts: true } as const;
  return toYaml([{ groups: ruleFile(readFileSync(join(ROOT, path), 'utf8'), path, options).groups }]);
}

function texts(files: Readonly<Record<string, string>>): Record<string, () => string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, () => text]));
}

/** Path → what belongs there. */
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  ...texts(chaosFiles(defaultOptions(version))),
  ...texts(readyMadeFiles(DEFAULT_GROUP)),
  ...texts(tuningFiles({ algorithms: ALGORITHMS, scenes: SCENES, guards: GUARDS })),
  'deploy/crds/anomalydetectors.yaml': () => crdFile(ALGORITHMS),
  'deploy/manifests/install.yaml': () => installText(defaultOptions(version)),
  'docs/algorithms.md': () => algorithmsPage(ALGORITHMS),
  'docs/api/openapi.json': () => `${JSON.stringify(openApi(version), null, 2)}\n`,
  'docs/detectors.md': () =>
    detectorsPage({ kinds: kindsOf(ALGORITHMS), extensions: EXTENSIONS, example: firstDetector() }),
  'docs/errors.md': () => errorsPage(ERROR_CODES),
  'docs/guides/promql-rules.yaml': rulesOfGuide,
  'docs/ready-made.md': () => readyMadePage(OBSERVED),
};

function present(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}

const check = process.argv.includes('--check');
const stale = Object.entries(DOCUMENTS)
  .map(([path, render]) => ({ path, text: render() }))
  .filter(({ path, text }) => present(path) !== text);
for (const { path, text } of stale) {
  if (check) {
    console.log(`${path} is out of date: run "npm run generate"`);
    continue;
  }
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`wrote ${path}`);
}
if (!check && stale.length === 0) console.log('all is up to date');
process.exitCode = check && stale.length > 0 ? 1 : 0;
