// An export that cannot be written is refused before anything is played, in words and with what to do.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkExport, exportRefusal, writeExport } from './export-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-export-'));
});
afterEach(() => rm(folder, { recursive: true }));

const RAW = /\bE[A-Z]{3,}\b/;

async function refusal(path: string): Promise<Error> {
  const error = await checkExport(path, []).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error(`${path} was not refused`);
  expect(error.message).not.toMatch(RAW);
  return error;
}

test('into a folder that is not there', async () => {
  const path = join(folder, 'no', 'such', 'x.ndjson');
  expect(await refusal(path)).toMatchObject({
    code: 'cannot-write',
    message: `cannot write the export to ${path}: there is no folder ${join(folder, 'no', 'such')}; make it, or name another file`,
  });
});

test('onto a folder', async () => {
  expect((await refusal(folder)).message).toContain(
    `it is a folder; name a file in it, such as ${folder}/scores.ndjson`,
  );
});

test('below a file', async () => {
  await writeFile(join(folder, 'file'), '');
  expect((await refusal(join(folder, 'file', 'x'))).message).toContain(`${join(folder, 'file')} is not a folder`);
});

test('to a name that is empty', async () => {
  expect(await refusal('')).toMatchObject({
    code: 'bad-usage',
    message: expect.stringContaining('- for standard output'),
  });
});

test('to a name that is too long', async () => {
  expect((await refusal(join(folder, 'x'.repeat(300)))).message).toContain('name another file');
});

test.each([
  ['EACCES', 'cannot-write', /not allowed to write in \/data.*permissions/],
  ['EPERM', 'cannot-write', /not allowed to write in \/data/],
  ['EROFS', 'cannot-write', /\/data cannot be written to/],
  ['ENOSPC', 'disk-full', /no room left.*free some/],
  ['EMFILE', 'cannot-write', /too many open files; name another file/],
])('%s has a sentence', (code, appCode, says) => {
  const cause = Object.assign(new Error(`${code}: too many open files, open '/data/x.part'`), { code });
  const error = exportRefusal('/data/x', cause);
  expect(error.code).toBe(appCode);
  expect(error.message).toMatch(says);
  expect(error.message).not.toMatch(RAW);
});

test('onto what it is made from', async () => {
  const path = join(folder, 'my.tape');
  await writeFile(path, 'x');
  await expect(checkExport(path, [path])).rejects.toMatchObject({ code: 'bad-usage' });
});

test('what can be written is, and leaves nothing beside it', async () => {
  const path = join(folder, 'x.ndjson');
  await checkExport(path, []);
  await writeExport(path, ['a', 'b']);
  expect(await readFile(path, 'utf8')).toBe('a\nb\n');
  expect(await readdir(folder)).toEqual(['x.ndjson']);
});

test('a folder that goes away meanwhile is a sentence as well', async () => {
  await mkdir(join(folder, 'gone'));
  const path = join(folder, 'gone', 'x');
  await checkExport(path, []);
  await rm(join(folder, 'gone'), { recursive: true });
  await expect(writeExport(path, ['a'])).rejects.toThrow(/there is no folder/);
});
