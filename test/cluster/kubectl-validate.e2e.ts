// `tidewatch validate` beside sigs.k8s.io/kubectl-validate, which judges by Kubernetes' own library (1.30, the oldest that we
// support): the same manifests, the same CRDs, no cluster. Where the two differ, the list of what only the webhook says
// (meaning.ts, docs/detectors.md) must be the reason; nothing else is let pass.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ALGORITHMS } from '#detect/index.ts';
import { isBeyondSchema, MEANING } from '#resource/anomaly-detector/meaning.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import { type JsonObject, jsonText } from '#resource/schema/json-value.ts';
import { createRng } from '#stats/rng.ts';
import { SHIPPED } from '../../src/app/shipped.ts';
import { createCheck } from '../e2e/check.ts';
import { tidewatch } from '../fixtures/command.ts';
import { binaryOf } from '../parts/missing.ts';
import { randomDetector } from './verdicts/random-detectors.ts';

export interface KubectlValidateSuite {
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const DETECTORS = 2000;
const SEED = 20261128;
/** What `validate` says of a folder, or of a file's text, and no judge of objects can: that key is gone from the object. */
const BEYOND_OBJECT = /^is taken by |a key may not be __proto__/;

interface Remark {
  readonly file: string;
  readonly level: string;
  readonly path: string;
  readonly message: string;
}

interface Verdicts {
  /** File → why it is refused; [] where it is let in. */
  readonly ours: ReadonlyMap<string, readonly Remark[]>;
  readonly theirs: ReadonlyMap<string, readonly string[]>;
}

export async function run({ folder, report }: KubectlValidateSuite): Promise<void> {
  const check = createCheck(report);
  const crds = join(folder, 'crds');
  await mkdir(crds);
  for (const kind of kindsOf(ALGORITHMS)) {
    await writeFile(join(crds, `${kind.plural}.json`), JSON.stringify(crdOf(kind, { group: DEFAULT_GROUP })));
  }
  await check(`${DETECTORS} random detectors get the same verdict, but for what only the webhook says`, async () => {
    const rng = createRng(SEED);
    const files = await written(
      join(folder, 'random'),
      Array.from({ length: DETECTORS }, () => randomDetector(rng).object),
    );
    const { counts, differences } = compared(await judged(join(folder, 'random'), crds), files);
    if (counts.accepted < DETECTORS / 5 || counts.refused < DETECTORS / 5) {
      throw new Error(`too one-sided to tell: ${JSON.stringify(counts)}`);
    }
    expectNone(differences);
    const { accepted, refused, explained } = counts;
    console.log(`     ${accepted} accepted, ${refused} refused, by both; ${explained} only by us, for listed reasons`);
  });
  await check('the shipped detectors are let in by both', async () => {
    const { counts, differences } = compared(await judged(`${SHIPPED.repository}detectors`, crds));
    expectNone(differences);
    if (counts.accepted === 0 || counts.refused + counts.explained > 0) throw new Error(JSON.stringify(counts));
  });
  await check('each item of the list is refused by us, and let in by the schema alone', async () => {
    const files = await written(
      join(folder, 'beyond'),
      BEYOND.map(([, spec], index) => detector(spec, index)),
    );
    const { ours, theirs } = await judged(join(folder, 'beyond'), crds);
    for (const [index, [at]] of BEYOND.entries()) {
      const file = files[index] ?? '';
      const [first] = ours.get(file) ?? [];
      if (first === undefined || !isBeyondSchema(first.path)) throw new Error(`${at}: we say ${first?.message}`);
      const said = theirs.get(file);
      if (said === undefined || said.length > 0) throw new Error(`${at}: kubectl-validate says ${said?.join()}`);
    }
    const untried = MEANING.filter(({ at }) => !BEYOND.some(([tried]) => tried === at));
    if (untried.length > 0) throw new Error(`no example of ${untried.map(({ at }) => at).join(', ')}`);
  });
}

/** An example for each item of the list. */
const BEYOND: readonly (readonly [at: string, spec: JsonObject])[] = [
  ['spec.metrics[].query', { targets: { matchLabels: { a: 'b' } }, metrics: [{ name: 'x', query: 'rate(x[5m])' }] }],
  [
    'spec.guards.denominator.query',
    { selector: { a: 'b' }, metricName: 'x', guards: { denominator: { metricName: 'y', query: 'sum(', min: 1 } } },
  ],
  [
    'spec.method.seasonalBands.timeZone',
    {
      selector: { a: 'b' },
      metricName: 'x',
      method: { name: 'seasonal-bands', seasonalBands: { timeZone: 'Europe/Nowhere' } },
    },
  ],
  [
    'spec.method.seasonalBands.holidays',
    {
      selector: { a: 'b' },
      metricName: 'x',
      method: { name: 'seasonal-bands', seasonalBands: { holidays: '2026-02-31' } },
    },
  ],
  ['spec.calendar.timeZone', { selector: { a: 'b' }, metricName: 'x', calendar: { timeZone: 'Europe/Nowhere' } }],
  ['spec.extension', { selector: { a: 'b' }, metricName: 'x', extension: { apiVersion: 'a/v1', deep: nested(101) } }],
  ['spec.parameters', { selector: { a: 'b' }, metricName: 'x', algorithm: 'ema', parameters: { unheardOf: 1 } }],
];

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { in: nested(levels - 1) };
}

function detector(spec: JsonObject, index: number): JsonObject {
  const metadata = { name: `d${index}`, namespace: 'shop' };
  return { apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata, spec };
}

/** The files' names. */
async function written(folder: string, objects: readonly JsonObject[]): Promise<readonly string[]> {
  await mkdir(folder);
  const files: string[] = [];
  for (const [index, object] of objects.entries()) {
    const name = `${String(index).padStart(5, '0')}.json`;
    await writeFile(join(folder, name), jsonText(object));
    files.push(name);
  }
  return files;
}

async function judged(folder: string, crds: string): Promise<Verdicts> {
  const { code, stdout, stderr } = await tidewatch(['validate', '-f', folder, '-o', 'json']);
  if (code !== 0 && code !== 1) throw new Error(`validate ended with ${code}: ${stderr}`);
  const ours = new Map<string, Remark[]>();
  for (const remark of (JSON.parse(stdout) as { remarks: Remark[] }).remarks) {
    if (remark.level === 'unjudged') throw new Error(`not judged by us: ${remark.message}`);
    if (remark.level !== 'error') continue;
    const file = basename(remark.file);
    ours.set(file, [...(ours.get(file) ?? []), remark]);
  }
  const theirs = new Map<string, string[]>();
  for (const [path, statuses] of Object.entries(await kubectlValidate(folder, crds))) {
    const refusals = statuses.filter(({ status }) => status !== 'Success').map(({ message = '' }) => message);
    theirs.set(basename(path), refusals);
  }
  return { ours, theirs };
}

type Statuses = Record<string, readonly { readonly status?: string; readonly message?: string }[]>;

/** Never asks a cluster: there is no kubeconfig. */
function kubectlValidate(folder: string, crds: string): Promise<Statuses> {
  const args = ['--local-crds', crds, '--output', 'json', folder];
  const options = { maxBuffer: 256 * 2 ** 20, env: { ...process.env, KUBECONFIG: '/dev/null' } };
  return new Promise((resolve, reject) => {
    execFile(binaryOf('kubectl-validate'), args, options, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Statuses);
      } catch {
        reject(new Error(`kubectl-validate: ${error?.message ?? ''} ${stderr.slice(0, 2000)}`));
      }
    });
  });
}

/** `files` are those that must have been judged; all that were where it is absent. */
function compared({ ours, theirs }: Verdicts, files: readonly string[] = [...theirs.keys()]) {
  const counts = { accepted: 0, refused: 0, explained: 0 };
  const differences: string[] = [];
  for (const file of files) {
    const own = ours.get(file) ?? [];
    const other = theirs.get(file);
    if (other === undefined) differences.push(`${file}: kubectl-validate did not judge it`);
    else if (own.length === 0 && other.length === 0) counts.accepted++;
    else if (own.length > 0 && other.length > 0) counts.refused++;
    else if (own.length > 0 && own.every(isOnlyOurs)) counts.explained++;
    else
      differences.push(`${file}\n  we: ${own.map(told).join('; ') || 'good'}\n  they: ${other.join('; ') || 'good'}`);
  }
  return { counts, differences };
}

function isOnlyOurs({ path, message }: Remark): boolean {
  return isBeyondSchema(path) || BEYOND_OBJECT.test(message);
}

function told({ path, message }: Remark): string {
  return `${path}: ${message}`;
}

function expectNone(differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new Error(`${differences.length} differ:\n${differences.slice(0, 20).join('\n')}`);
}
