// The house's table: which room may import which. It fails on an arrow that is not in it, and the rest of this file
// plants one of each violation to prove that it would be found. The reasons are in docs/map.md.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findCycles } from './architecture/find-cycles.ts';
import type { House } from './architecture/house.ts';
import { judgeFiles, judgeUses } from './architecture/judge-files.ts';
import { judgeImports } from './architecture/judge-imports.ts';
import { readSource } from './architecture/read-source.ts';
import { readTree } from './architecture/read-tree.ts';

const WORDS = ['model', 'stats'];
const GROUND = [...WORDS, 'kit'];
/** What the flow and the doors know of ports and steps: what they promise, not how they do it. */
const PROMISES = ['bus', 'store', 'tape', 'detect', 'analysis', 'collect/prometheus', 'store/keeper'].map(
  (room) => `${room}/contract.ts`,
);

const HOUSE: House = {
  // 0: words and numbers
  model: { may: [], plain: true },
  stats: { may: [], plain: true },
  // 1: ground
  kit: { may: ['model'] },
  // 2: ports and adapters
  kube: { may: GROUND },
  bus: { may: GROUND, folders: {} },
  store: { may: GROUND, folders: {} },
  tape: { may: GROUND },
  analysis: { may: GROUND },
  // 3: steps, of which none knows another
  collect: { may: [...GROUND, 'tape', 'kube'] },
  detect: { may: WORDS, plain: true },
  act: { may: GROUND },
  // 4: what users write
  resource: { may: [...GROUND, 'detect/contract.ts', 'detect/index.ts'] },
  // 5: the flow, and the doors in
  pipeline: { may: [...GROUND, ...PROMISES, 'resource'] },
  operator: { may: [...GROUND, ...PROMISES, 'resource', 'kube', 'pipeline'] },
  api: { may: [...GROUND, ...PROMISES, 'resource', 'analysis'] },
  // 6: the root, where everything is put together
  app: {
    may: [
      ...GROUND,
      ...[
        'kube',
        'bus',
        'store',
        'tape',
        'analysis',
        'collect',
        'detect',
        'act',
        'resource',
        'pipeline',
        'operator',
        'api',
      ],
    ],
    root: true,
  },
  web: {
    may: [...WORDS, 'detect'],
    types: ['api/rest/contract.ts'],
    browser: true,
    folders: { core: { may: [], plain: true }, parts: { may: ['core'] }, views: { may: ['core', 'parts'] } },
  },
};

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TREE = readTree(ROOT);
const PACKAGES = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies);

describe('the repository', () => {
  test('has no arrow between rooms that is not in the table', () => {
    expect(judgeImports(TREE, HOUSE, PACKAGES)).toEqual([]);
  });

  test('has no file that is badly named or too long', () => {
    expect(judgeFiles(TREE)).toEqual([]);
  });

  test('touches environment, terminal, time and chance only where the table says so', () => {
    expect(judgeUses(TREE, HOUSE)).toEqual([]);
  });

  test('has no files that import each other in a circle', () => {
    expect(findCycles(TREE)).toEqual([]);
  });
});

describe('the rules', () => {
  const small: House = {
    model: { may: [], plain: true },
    kit: { may: ['model'] },
    store: { may: ['model', 'kit'], folders: {} },
    detect: { may: ['model'], plain: true },
    collect: { may: ['model', 'kit'] },
    pipeline: { may: ['model', 'kit', 'store/contract.ts'] },
    app: { may: ['model', 'kit', 'store', 'detect', 'collect', 'pipeline'], root: true },
    web: {
      may: ['model'],
      types: ['store/contract.ts'],
      browser: true,
      folders: { core: { may: [], plain: true }, parts: { may: ['core'] } },
    },
  };
  const clean: Readonly<Record<string, string>> = {
    'src/model/score.ts': 'export interface Score { readonly score: number }',
    'src/kit/log.ts': "import type { Score } from '#model/score.ts';\nexport type Log = Score;",
    'src/store/contract.ts': "import type { Score } from '#model/score.ts';\nexport type Store = Score;",
    'src/store/embedded/open.ts': "import type { Store } from '../contract.ts';\nexport type Open = Store;",
    'src/detect/mad.ts':
      "import type { Score } from '#model/score.ts';\nexport const mad = (score: Score) => score.score;",
    'src/detect/mad.test.ts':
      "import { test } from 'vitest';\nimport { made } from '../../test/fixtures/made.ts';\ntest(made, () => {});",
    'src/collect/csv.ts': "import { open } from 'node:fs/promises';\nexport { open };",
    'src/pipeline/flow.ts': "import type { Store } from '#store/contract.ts';\nexport type Flow = Store;",
    'src/app/main.ts':
      "import { mad } from '#detect/mad.ts';\nconsole.log(mad, process.env.X, Date.now());\nprocess.exit(0);",
    'web/parts/tile.tsx': "import 'react';\nimport '../core/live.ts';",
    'web/core/live.ts': "import type { Store } from '#store/contract.ts';\nexport type Live = Store;",
    'test/fixtures/made.ts': "import { mad } from '#detect/mad.ts';\nexport const made = String(mad);",
  };
  const read = (files: Readonly<Record<string, string>>) =>
    Object.entries({ ...clean, ...files }).map(([path, text]) => readSource(path, text));

  test('find nothing in a clean house', () => {
    const sources = read({});
    expect(judgeImports(sources, small, PACKAGES)).toEqual([]);
    expect(judgeFiles(sources)).toEqual([]);
    expect(judgeUses(sources, small)).toEqual([]);
    expect(findCycles(sources)).toEqual([]);
  });

  test.each([
    [
      'a step that imports another step',
      'src/detect/x.ts',
      "import '#collect/csv.ts';",
      'detect may not import collect (it may import model)',
    ],
    [
      'a type-only arrow',
      'src/detect/x.ts',
      "import type { Log } from '#kit/log.ts';",
      'detect may not import kit (it may import model)',
    ],
    ['a re-export', 'src/kit/x.ts', "export * from '#store/contract.ts';", 'kit may not import store'],
    ['a dynamic import', 'src/kit/x.ts', "await import('#store/contract.ts');", 'kit may not import store'],
    [
      'an import in a type',
      'src/kit/x.ts',
      "export type X = import('#store/contract.ts').Store;",
      'kit may not import store',
    ],
    [
      'a worker’s entry',
      'src/kit/x.ts',
      "new Worker(new URL('../store/embedded/open.ts', import.meta.url));",
      'another room is imported as #store/embedded/open.ts',
    ],
    [
      'an adapter where its contract would do',
      'src/pipeline/x.ts',
      "import '#store/embedded/open.ts';",
      'of store, pipeline may import only store/contract.ts',
    ],
    [
      'one adapter that imports another',
      'src/store/other/x.ts',
      "import '../embedded/open.ts';",
      'other may not know embedded (of its room, it may import what is shared)',
    ],
    [
      'a relative path into another room',
      'src/collect/x.ts',
      "import '../kit/log.ts';",
      'another room is imported as #kit/log.ts',
    ],
    [
      'a room’s own file by its long name',
      'src/collect/x.ts',
      "import '#collect/csv.ts';",
      'a file of the same room is imported by its relative path',
    ],
    ['a package in a plain room', 'src/detect/x.ts', "import 'zod';", 'detect runs anywhere'],
    ['Node in a plain room', 'src/model/x.ts', "import 'node:crypto';", 'model runs anywhere'],
    ['a folder that reaches up', 'web/core/x.ts', "import '../parts/tile.tsx';", 'core may not know parts'],
    ['a package in a plain folder', 'web/core/x.ts', "import 'react';", 'core is plain TypeScript'],
    ['Node in the page', 'web/x.ts', "import 'node:fs';", 'web runs in a browser'],
    ['a package that only tests have', 'src/kit/x.ts', "import 'fast-check';", 'not in "dependencies"'],
    [
      'a fixture in the product',
      'src/app/x.ts',
      "import '../../test/fixtures/made.ts';",
      'what is there for tests is imported by tests only',
    ],
    [
      'a test in the product',
      'src/detect/x.ts',
      "import './mad.test.ts';",
      'what is there for tests is imported by tests only',
    ],
    [
      'the page taking code where types are allowed',
      'web/x.ts',
      "import { x } from '#store/contract.ts';",
      'web may import only types from store/contract.ts',
    ],
    [
      'the page taking from the server',
      'web/x.ts',
      "import type { Log } from '#kit/log.ts';",
      'web may not import kit (it may import model, types of store/contract.ts)',
    ],
    ['a room that is not there', 'src/app/x.ts', "import '#explain/rank.ts';", 'there is no room explain'],
    ['a room that is not in the table', 'src/explain/rank.ts', 'export {};', 'the room explain is not in the table'],
    ['a file in no room', 'src/stray.ts', 'export {};', 'is in no room'],
  ])('find %s', (_name, path, text, sentence) => {
    const found = judgeImports(read({ [path]: text }), small, PACKAGES);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(path);
    expect(found[0]).toContain(sentence);
  });

  test('find a room in the table that is empty', () => {
    expect(judgeImports(read({}), { ...small, explain: { may: [] } }, PACKAGES)).toEqual([
      expect.stringContaining('a room explain'),
    ]);
  });

  test.each([
    ['a drawer', 'src/detect/utils/round.ts', 'export {};', '"utils" names a drawer'],
    ['a drawer for types', 'src/detect/types.ts', 'export {};', '"types.ts" names a drawer'],
    ['a name with capitals', 'src/detect/zScore.ts', 'export {};', 'write "zScore.ts" in kebab-case'],
    ['a file that is too long', 'src/detect/long.ts', '//\n'.repeat(501), 'has 501 lines'],
  ])('find %s', (_name, path, text, sentence) => {
    expect(judgeFiles(read({ [path]: text }))).toEqual([expect.stringContaining(sentence)]);
  });

  test('let a file have 500 lines', () => {
    expect(judgeFiles(read({ 'src/detect/long.ts': '//\n'.repeat(500) }))).toEqual([]);
  });

  test('find that most files are too long', () => {
    const files = Object.fromEntries(Object.keys(clean).map((path) => [path, '//\n'.repeat(121)]));
    expect(judgeFiles(read(files))).toEqual([expect.stringContaining('half of the files')]);
  });

  test.each([
    ['process.env', 'src/kit/x.ts', 'export const x = process.env.HOME;'],
    ['process.argv', 'src/kit/x.ts', 'export const x = process.argv[2];'],
    ['process.exit', 'src/store/x.ts', 'export const x = () => process.exit(1);'],
    ['process.*', 'src/store/x.ts', 'const { env } = process;\nexport { env };'],
    ['process.*', 'src/store/x.ts', "import { env } from 'node:process';\nexport { env };"],
    ['console', 'src/pipeline/x.ts', "export const x = () => console.log('x');"],
    ['console', 'web/core/x.ts', "export const x = () => console.log('x');"],
    ['Date.now', 'src/detect/x.ts', 'export const x = () => Date.now();'],
    ['new Date()', 'src/pipeline/x.ts', 'export const x = () => new Date();'],
    ['Math.random', 'src/collect/x.ts', 'export const x = () => Math.random();'],
    ['module state', 'src/detect/x.ts', 'let count = 0;\nexport const x = () => count++;'],
  ])('find %s in %s', (what, path, text) => {
    expect(judgeUses(read({ [path]: text }), small)).toEqual([
      expect.stringMatching(`${path}:\\d uses ${what.replaceAll(/[.*()]/g, '\\$&')}: `),
    ]);
  });

  test('let the entry of a thread hold its state', () => {
    const text =
      "import { parentPort } from 'node:worker_threads';\nlet open = parentPort;\nexport const x = () => open;";
    expect(judgeUses(read({ 'src/store/x.ts': text }), small)).toEqual([]);
  });

  test('find files that import each other in a circle, though not for their types', () => {
    const a = "import './b.ts';";
    expect(findCycles(read({ 'src/kit/a.ts': a, 'src/kit/b.ts': "import './a.ts';" }))).toEqual([
      ['src/kit/a.ts', 'src/kit/b.ts'],
    ]);
    expect(findCycles(read({ 'src/kit/a.ts': a, 'src/kit/b.ts': "import type { A } from './a.ts';" }))).toEqual([]);
  });
});

describe('docs/map.md', () => {
  const map = readFileSync(join(ROOT, 'docs/map.md'), 'utf8');

  test('names every room, and no other', () => {
    const named = [...map.matchAll(/^\| `(?:src\/)?([a-z-]+)\/` \|/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual([...Object.keys(HOUSE), 'bench', 'scripts', 'test'].sort());
  });

  test('speaks of no file that is not there', () => {
    const paths = [...map.matchAll(/`((?:src|web|test|bench|scripts|docs)\/[^`*<…]*\.[a-z]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    const known = new Set(TREE.map(({ path }) => path));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => /\.tsx?$/.test(path) && !known.has(path))).toEqual([]);
  });
});
