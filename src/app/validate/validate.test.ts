import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { AskCost, DetectorCost } from './cost/costs.ts';
import type { CostBounds } from './cost/judge-cost.ts';
import type { Format } from './report.ts';
import { validate } from './validate.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-validate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const GROUP = 'monitoring.my.company';
const detector = (spec: string, name = 'latency') =>
  `apiVersion: ${GROUP}/v2\nkind: AnomalyDetector\nmetadata: {name: ${name}, namespace: shop}\nspec:\n${spec}`;
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n';
const GOOD = detector('  targets: {matchLabels: {app: cart}}\n  metrics: [{name: up}]\n');

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

interface Asked extends CostBounds {
  readonly names?: readonly string[];
  readonly schemas?: readonly string[];
  readonly format?: Format;
  readonly stdin?: string;
  readonly strict?: boolean;
  readonly askCost?: AskCost;
}

/** What was thrown, and what was printed before. */
const failures: [error: unknown, printed: string][] = [];

async function run(asked: Asked = {}) {
  const { names = ['.'], schemas = [], format = 'text', stdin = '', strict = false, askCost, ...bounds } = asked;
  const printed: string[] = [];
  const told: string[] = [];
  const inFolder = (name: string) => (name === '-' ? name : join(folder, name));
  const code = await validate(
    {
      ...{ filename: names.map(inFolder), schemaFile: schemas.map(inFolder), group: GROUP, format },
      ...{ namespace: 'default', strict, ...bounds },
    },
    {
      stdin: Readable.from([stdin]),
      print: (text) => void printed.push(text),
      tell: (sentence) => void told.push(sentence),
      ...(askCost && { askCost }),
    },
  ).catch((error: unknown) => {
    failures.push([error, printed.join('')]);
    throw error;
  });
  const text = printed.join('').replaceAll(`${folder}/`, '');
  return { code, text, ...(told.length > 0 && { told: told.join('\n').replaceAll(`${folder}/`, '') }) };
}

const CRD = JSON.stringify({
  kind: 'CustomResourceDefinition',
  spec: {
    ...{ group: 'example.org', scope: 'Namespaced', names: { kind: 'Thing' } },
    versions: [
      {
        ...{ name: 'v1', served: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' }, memory: { type: 'string' } },
                'x-kubernetes-validations': [{ rule: '!has(self.memory) || isQuantity(self.memory)' }],
              },
            },
          },
        },
      },
    ],
  },
});
const thing = (spec: string) => `apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}\nspec: ${spec}\n`;

describe('validate', () => {
  it('is silent about what is good, and ends with 0', async () => {
    await write({ 'a.yaml': GOOD });
    expect(await run()).toEqual({ code: 0, text: '1 object, 0 problems\n' });
  });

  it('looks into all below a folder, and tells file, line, path, what was expected and the nearest name', async () => {
    await write({
      'a.yaml': GOOD,
      'b/c.yml': detector('  selector: {app: x}\n  metricNam: up\n', 'b'),
      'notes.txt': '{',
    });
    const { code, text } = await run();
    expect(code).toBe(1);
    expect(text.split('\n').slice(0, -2)).toEqual([
      'b/c.yml:5:3 spec: expected metrics or metricName, and not both',
      'b/c.yml:6:3 spec.metricNam: unknown field "metricNam"; did you mean "metricName"?',
    ]);
    expect(text).toContain('2 objects, 2 problems');
  });

  it('judges what only the webhook knows, and warns of what is not done yet', async () => {
    const spec =
      '  targets: {matchLabels: {app: x}}\n  metrics: [{name: x, query: "rate(x[5m])"}]\n  execution: {mode: Stream}\n';
    const { code, text } = await run({ names: ['-'], stdin: detector(spec) });
    expect(code).toBe(1);
    expect(text).toContain('-:6:30 spec.metrics[0].query: the query has as many series as x');
    expect(text).toContain('-:7:21 warning: spec.execution.mode: Stream is not to be had in this version');
  });

  it('lets no two objects of all files have one name', async () => {
    await write({ 'a.yaml': GOOD, 'b.yaml': GOOD });
    expect((await run()).text).toContain('b.yaml:3:18 metadata.name: is taken by a.yaml:3');
  });

  it('takes one name in two groups, and names that are still to be made, for no such thing', async () => {
    const other = CRD.replace('example.org', 'example.com');
    await write({ 'crd/t.json': CRD, 'crd/u.json': other, 'a.yaml': thing('{size: 3}') });
    await write({ 'b.yaml': thing('{size: 3}').replace('example.org', 'example.com') });
    expect((await run({ names: ['a.yaml', 'b.yaml'], schemas: ['crd'] })).text).toContain('2 objects, 0 problems');
    const made = GOOD.replace('name: latency', 'generateName: latency-');
    expect(await run({ names: ['-'], stdin: `${made}---\n${made}` })).toEqual({
      ...{ code: 0, text: '2 objects, 0 problems\n' },
    });
  });

  it('passes over kinds that it has no schema of, and says how many; a typo in ours is not one of them', async () => {
    await write({ 'a.yaml': `${GOOD}---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n` });
    expect((await run()).text).toContain(
      '1 object, 0 problems, 1 of other kinds passed over (--schema-file judges them)',
    );
    await write({ 'a.yaml': GOOD.replace('kind: AnomalyDetector', 'kind: AnomalyDetecter') });
    expect((await run()).text).toContain('unknown kind "AnomalyDetecter"; did you mean "AnomalyDetector"?');
  });

  it('judges other kinds by their own schema, and a rule that it cannot judge has a code of its own', async () => {
    await write({ 'crd/t.json': CRD, 'good.yaml': thing('{size: 3}'), 'bad.yaml': thing('{size: x}') });
    expect(await run({ names: ['bad.yaml'], schemas: ['crd'] })).toEqual({
      code: 1,
      text: 'bad.yaml:4:14 spec.size: expected a whole number, got the text "x"\n1 object, 1 problem\n',
    });
    const { code, text } = await run({ names: ['good.yaml'], schemas: ['crd/t.json'] });
    expect(code).toBe(3);
    expect(text).toMatch(/not checked: spec: .*isQuantity.*1 not checked/s);
  });

  it('passes no format in silence that only Kubernetes judges', async () => {
    const other = CRD.replace('"memory":{"type":"string"}', '"memory":{"type":"string","format":"email"}');
    await write({ 'crd.json': other.replace('isQuantity(self.memory)', 'true'), 'a.yaml': thing('{memory: nobody}') });
    const { code, text } = await run({ names: ['a.yaml'], schemas: ['crd.json'] });
    expect(code).toBe(3);
    expect(text).toContain('a.yaml:4:16 not checked: spec.memory: format email: it is not known here');
  });

  it('reads a list as kubectl prints it', async () => {
    const items = JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [{ kind: 'AnomalyDetector' }] });
    const { text } = await run({ names: ['-'], stdin: items });
    expect(text).toContain('items[0].apiVersion: is missing; expected one of');
  });

  it('answers as JSON and as SARIF', async () => {
    await write({ 'a.yaml': detector('  selector: {app: x}\n  metricName: a-b\n') });
    const json = JSON.parse((await run({ format: 'json' })).text) as { errors: number; remarks: { path: string }[] };
    expect(json).toMatchObject({
      objects: 1,
      errors: 1,
      remarks: [{ line: 6, path: 'spec.metricName', level: 'error' }],
    });
    const sarif = JSON.parse((await run({ format: 'sarif' })).text) as {
      version: string;
      runs: { results: unknown[] }[];
    };
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.runs[0]?.results[0]).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'file://a.yaml' }, region: { startLine: 6 } },
          logicalLocations: [{ fullyQualifiedName: 'AnomalyDetector shop/latency' }],
        },
      ],
    });
  });

  it('says what it cannot do: no such file, nothing named, a schema file without schemas', async () => {
    const missing = { code: 'not-found', message: expect.stringMatching(/^there is no file or folder .*none.yaml$/) };
    await expect(run({ names: ['none.yaml'] })).rejects.toMatchObject(missing);
    await expect(run({ names: [] })).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('expected -f'),
    });
    await expect(run({ names: ['-'], schemas: ['.'] })).rejects.toThrow(/no .yaml, .yml or .json file is below/);
    await write({ 'a.yaml': SERVICE, 'g.yaml': GOOD });
    await expect(run({ names: ['g.yaml'], schemas: ['a.yaml'] })).rejects.toThrow(/describes no kind/);
  });

  it('lets no terminal obey what a file says', async () => {
    const { text } = await run({
      names: ['-'],
      stdin: detector('  selector: {app: x}\n  "\\e[31m": 1\n  metricName: up\n'),
    });
    expect(text).not.toContain('\u001b');
  });
});

describe('what it costs', () => {
  const whole = async (_: unknown, namespace: string): Promise<DetectorCost> => ({
    ...{ namespaces: [namespace], pods: 3 },
    metrics: [{ metric: 'up', series: 12, isMore: false, samplesPerMinute: 1440, cpuMsPerMinute: 2.5 }],
    denominators: [],
  });
  const cost: AskCost = whole;
  const limited = (series: number) =>
    detector(`  targets: {matchLabels: {app: cart}}\n  metrics: [{name: up}]\n  budget: {series: ${series}}\n`);

  it('stands in a table, and is asked of what is right only', async () => {
    await write({ 'a.yaml': GOOD, 'b.yaml': detector('  selector: {app: x}\n', 'wrong') });
    const asked: string[] = [];
    const { code, text } = await run({
      askCost: (one, namespace) => {
        asked.push(`${namespace}/${one.name}`);
        return cost(one, namespace);
      },
    });
    expect([code, asked]).toEqual([1, ['shop/latency']]);
    expect(text).toMatch(/shop\/latency +3 +up +12 +1,440 +2.5 ms +20,000/);
  });

  it('beyond the budget of the detector is refused at its line, with an exit code of its own', async () => {
    const { code, text } = await run({ names: ['-'], stdin: limited(10), askCost: cost });
    expect(code).toBe(4);
    expect(text).toMatch(/-:7:20 too dear: spec.budget.series: expected at most 10 series, got 12 now/);
    expect(await run({ names: ['-'], stdin: limited(12), askCost: cost })).toMatchObject({ code: 0 });
  });

  it.each([
    [{ maxSeries: 11 }, 'spec: expected at most 11 series (--max-series), got 12'],
    [{ maxSamples: 1439 }, 'spec: expected at most 1439 samples a minute (--max-samples), got 1440 now'],
  ])('beyond %j is refused', async (bounds, told) => {
    const { code, text } = await run({ names: ['-'], stdin: GOOD, askCost: cost, ...bounds });
    expect(code).toBe(4);
    expect(text).toContain(told);
  });

  it('that is only known as an upper bound is neither refused nor passed', async () => {
    const any: AskCost = async (one, namespace) => ({ ...(await whole(one, namespace)), pods: undefined });
    const { code, text } = await run({ names: ['-'], stdin: limited(10), askCost: any });
    expect(code).toBe(3);
    expect(text).toContain('not checked: spec.budget.series');
    expect(text).toContain('name their cluster with --kubeconfig');
    expect(text).toMatch(/any +up +≤12/);
    expect(await run({ names: ['-'], stdin: GOOD, askCost: any })).toMatchObject({ code: 0 });
  });

  it('of a detector without a namespace is that of the one that is told', async () => {
    const asked: string[] = [];
    const askCost: AskCost = (one, namespace) => {
      asked.push(namespace);
      return cost(one, namespace);
    };
    await run({ names: ['-'], stdin: GOOD.replace(', namespace: shop', ''), askCost });
    expect(asked).toEqual(['default']);
  });

  it('of a detector across namespaces goes by its own name, and is not known where nobody knows its namespaces', async () => {
    const stdin = GOOD.replace('AnomalyDetector', 'ClusterAnomalyDetector').replace(', namespace: shop', '');
    const asked: string[] = [];
    const { code, text } = await run({
      ...{ names: ['-'], stdin },
      askCost: async (one, namespace) => {
        asked.push(namespace);
        return { ...(await whole(one, namespace)), namespaces: ['bank', 'shop'] };
      },
    });
    expect([code, asked]).toEqual([0, ['']]);
    expect(text).toMatch(/^latency +3 +up +12/m);
    const unknown = await run({ names: ['-'], stdin, askCost: async () => undefined });
    expect(unknown.code).toBe(3);
    expect(unknown.text).toContain('not checked: spec.namespaces: nobody says in which namespaces its pods are');
  });

  it('of all metrics together counts', async () => {
    const both: AskCost = async (one, namespace) => {
      const { metrics, ...rest } = await whole(one, namespace);
      return { ...rest, metrics: metrics.flatMap((metric) => [metric, metric]) };
    };
    expect(await run({ names: ['-'], stdin: limited(24), askCost: both })).toMatchObject({ code: 0 });
    const { code, text } = await run({ names: ['-'], stdin: limited(23), askCost: both });
    expect(code).toBe(4);
    expect(text).toContain('expected at most 23 series, got 24 now');
  });

  it('is told to programs', async () => {
    const json = JSON.parse((await run({ names: ['-'], stdin: limited(10), askCost: cost, format: 'json' })).text);
    expect(json).toMatchObject({ errors: 0, beyond: 1, remarks: [{ level: 'beyond', path: 'spec.budget.series' }] });
    expect(json.costs).toMatchObject([
      { object: 'AnomalyDetector shop/latency', namespaces: ['shop'], pods: 3, series: 12, samplesPerMinute: 1440 },
    ]);
    const sarif = JSON.parse((await run({ names: ['-'], stdin: limited(10), askCost: cost, format: 'sarif' })).text);
    expect(sarif.runs[0]).toMatchObject({
      results: [{ ruleId: 'beyond', level: 'error' }],
      properties: { costs: [{ scoringCpuMsPerMinute: 2.5 }] },
    });
  });

  it('is no pass when nobody answers: what was found is printed, and the error says of what', async () => {
    const askCost: AskCost = async () => {
      throw new AppError('unavailable', 'no answer from http://nobody');
    };
    await expect(run({ names: ['-'], stdin: GOOD, askCost })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the cost of AnomalyDetector shop/latency is not known: no answer from http://nobody',
    });
    expect(failures.at(-1)?.[1]).toContain('1 object, 0 problems');
  });
});

it('a bad extension is a warning at its line, and breaks nothing', async () => {
  const good = '  targets: {matchLabels: {app: x}}\n  metrics: [{name: x}]\n';
  const of = (extension: string) => detector(`${good}  extension:\n    apiVersion: ${extension}\n`);
  const stdin = of('runbook.tidewatch.io/v1\n    owner: team\n    url: http://x');
  const { code, text } = await run({ names: ['-'], stdin });
  expect(code).toBe(0);
  expect(text).toContain('-:10:10 warning: spec.extension.url: expected an address that begins with https://');
  expect(await run({ names: ['-'], stdin, strict: true })).toMatchObject({ code: 1 });
  const fine = of('runbook.tidewatch.io/v1\n    owner: team');
  expect(await run({ names: ['-'], stdin: fine, strict: true })).toEqual({ code: 0, text: '1 object, 0 problems\n' });
  const strange = of('acme.example/v9\n    any: 1');
  expect(await run({ names: ['-'], stdin: strange, strict: true })).toMatchObject({ code: 0 });
});

it('with --strict a warning is wrong, too', async () => {
  const stdin = detector('  targets: {matchLabels: {app: x}}\n  metrics: [{name: x}]\n  execution: {mode: Stream}\n');
  expect((await run({ names: ['-'], stdin })).code).toBe(0);
  expect((await run({ names: ['-'], stdin, strict: true })).code).toBe(1);
});
