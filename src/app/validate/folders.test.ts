// What somebody's repository holds beside manifests.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { Format } from './report.ts';
import { validate } from './validate.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-validate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const detector = (name: string, spec = 'targets: {matchLabels: {app: cart}}, metrics: [{name: up}]') =>
  `apiVersion: ${DEFAULT_GROUP}/v2\nkind: AnomalyDetector\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n';

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function run(names: readonly string[] = ['.'], format: Format = 'text', schemaFile: readonly string[] = []) {
  const [printed, told]: [string[], string[]] = [[], []];
  const code = await validate(
    {
      ...{ filename: names.map((name) => join(folder, name)), schemaFile, group: DEFAULT_GROUP, format },
      ...{ namespace: 'default', strict: true },
    },
    {
      stdin: Readable.from(['']),
      print: (text) => void printed.push(text),
      tell: (sentence) => void told.push(sentence),
    },
  );
  const plain = (texts: readonly string[]) => texts.join('').replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  return { code, text: plain(printed), told: plain(told) };
}

describe('a folder', () => {
  it('may hold files of other programs, which are counted', async () => {
    await write({
      'a.yaml': detector('a'),
      'package.json': '{"name": "shop"}',
      'values.yaml': 'replicas: 1\n',
      'kustomization.yaml': 'resources: [a.yaml]\n',
      '.github/ci.yml': 'on: push\n',
      'empty.yaml': '# nothing\n',
      'tsconfig.json': '{\n  // strict\n  "a": 1,,\n}',
    });
    expect(await run()).toEqual({
      code: 0,
      text: '1 object, 0 problems, 5 files hold no Kubernetes object, 1 file is no YAML\n',
      told: '',
    });
    const { noObject, noYaml } = JSON.parse((await run(['.'], 'json')).text);
    expect(noObject).toHaveLength(5);
    expect(noYaml).toEqual(['tsconfig.json']);
    expect((await run(['values.yaml'])).text).toContain('values.yaml:1:1 kind: is missing');
    expect((await run(['tsconfig.json'])).code).toBe(1);
  });

  it('passes over nothing of ours: neither a near miss, nor a broken one, nor one without a kind', async () => {
    await write({
      'miss.yaml': 'kind: AnomalyDetector\nmetadata: {name: a}\n',
      'broken.yaml': detector('b', '['),
      'kindless.yaml': `${detector('c')}---\nmetadata: {name: d}\n`,
    });
    const { code, text } = await run();
    expect(code).toBe(1);
    expect(text).toContain('miss.yaml:1:1 apiVersion: is missing');
    expect(text).toContain('broken.yaml:');
    expect(text).toContain('kindless.yaml:6:1 kind: is missing');
  });

  it('passes over no broken JSON of one line', async () => {
    await write({ 'a.json': `{"kind":"AnomalyDetector","apiVersion":"${DEFAULT_GROUP}/v2","spec":{"__proto__":1}}` });
    const { code, text } = await run();
    expect([code, text]).toEqual([1, expect.stringContaining('a key may not be __proto__')]);
  });

  it('counts templates; one of ours could not be checked, and a filled-in text is none', async () => {
    await write({
      'a.yaml': detector('a'),
      'chart/templates/s.yaml': '{{- if .Values.on }}\napiVersion: v1\nkind: Service\n{{- end }}\n',
    });
    expect(await run()).toMatchObject({ code: 0, text: '1 object, 0 problems, 1 file is no YAML\n' });
    await write({ 'chart/templates/d.yaml': detector('{{ .Release.Name }}') });
    const { code, text } = await run();
    expect(code).toBe(3);
    expect(text).toContain('chart/templates/d.yaml:1:1 not checked: is a template');
    expect((await run(['chart/templates/d.yaml'])).code).toBe(1);
  });

  it('that holds nothing to judge is no mistake, and programs get a whole document', async () => {
    expect(await run()).toEqual({ code: 0, text: '0 objects, 0 problems\n', told: 'nothing to judge in .' });
    await write({ 's.yaml': SERVICE });
    expect(await run()).toMatchObject({ code: 0, told: 'nothing to judge in ., only other kinds: s.yaml: Service s' });
    expect(JSON.parse((await run(['.'], 'json')).text)).toMatchObject({ objects: 0, errors: 0, remarks: [] });
    expect(JSON.parse((await run(['.'], 'sarif')).text)).toMatchObject({ version: '2.1.0', runs: [{ results: [] }] });
  });

  it('with a file that is too long has all else judged', async () => {
    await write({ 'long.json': `{"a": "${'x'.repeat(1_000_000)}"}`, 'a.yaml': detector('a') });
    expect(await run()).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^long.json:1:1 note: longer than 1000000 characters.*\n1 object, 0 problems\n$/),
    });
    expect((await run(['long.json', 'a.yaml'])).text).toMatch(/^long.json:1:1 longer than .*\n1 object, 1 problem\n$/);
    await write({ 'ours.yaml': `${detector('b')}# ${'x'.repeat(1_000_000)}` });
    expect((await run()).code).toBe(3);
  });

  it('is not gone round in, and a file is judged once however often it is named', async () => {
    await write({ 'real/a.yaml': detector('a'), 'bad/b.yaml': 'a: 1\n' });
    await symlink('..', join(folder, 'real/up'));
    await symlink('real', join(folder, 'again'));
    await symlink('real/a.yaml', join(folder, 'a-link.yaml'));
    await symlink('nowhere', join(folder, 'dangling.yaml'));
    const { code, text } = await run(['real', '.', 'real/a.yaml', 'a-link.yaml', 'real/../real']);
    expect([code, text]).toEqual([0, '1 object, 0 problems, 1 file holds no Kubernetes object\n']);
    expect((await run(['.', 'bad/b.yaml'])).text).toContain('bad/b.yaml:1:1 kind: is missing');
  });
});

it('our kinds are judged by ours, whatever a schema file says of them', async () => {
  const crds = join(import.meta.dirname, '../../../deploy/crds/anomalydetectors.yaml');
  await write({
    'a.yaml': detector('a', 'targets: {matchLabels: {app: x}}, metrics: [{name: m, query: "rate(z[5m])"}]'),
  });
  const { code, text } = await run(['a.yaml'], 'text', [crds]);
  expect(code).toBe(1);
  expect(text).toContain('the query has as many series as z');
  expect(text.match(/note: what it says of AnomalyDetector was not used/g)).toHaveLength(1);
});

it('SARIF names a file by an address, from the working folder where it is below', async () => {
  const wrong = 'a b#1/ü.yaml';
  await write({ [wrong]: detector('a', '') });
  const uriOf = async () => {
    const { runs } = JSON.parse((await run(['.'], 'sarif')).text);
    return runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri;
  };
  expect(await uriOf()).toBe('file://a%20b%231/%C3%BC.yaml');
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  expect(await uriOf()).toBe('a%20b%231/%C3%BC.yaml');
  vi.restoreAllMocks();
});
