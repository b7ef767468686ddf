// `node scripts/run.mjs scripts/golden.ts`: computes the golden values of test/reference/golden/ again with the pinned
// Python libraries, compares them with what is there, and writes them where they differ. `npm test` needs none of it.
import { existsSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pythonWith } from '../test/parts/python.ts';
import { runCommand } from '../test/parts/run-command.ts';
import { compareJson } from './golden/compare.ts';

const HELP = `node scripts/run.mjs scripts/golden.ts [--check] [--only NAME] [--python PATH]

Runs test/reference/golden/*.py and compares with the .json beside each. Where a number is more than 1e-9 apart
(relative above 1), or the shape differs, the .json is written anew.

  --check        writes nothing; ends with 1 when something differs
  --only NAME    one file, by its name without an ending
  --python PATH  an interpreter that has what requirements.txt there lists, used as it is; otherwise an environment
                 with just that is made in the cache folder, by python3 or the interpreter of TIDEWATCH_PYTHON
`;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, 'test/reference/golden');
const TOLERANCE = 1e-9;

/** Whether the file holds what its script computes; written anew when it does not, and `write`. */
async function refresh(python: string, script: string, write: boolean): Promise<boolean> {
  const path = script.replace(/\.py$/, '.json');
  const name = basename(path);
  const text = await runCommand(python, [script], { env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } });
  const before: unknown = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : undefined;
  const { most, path: place } = compareJson(before, JSON.parse(text));
  const same = most <= TOLERANCE;
  const where = most > 0 && place !== '' ? `, at ${place}` : '';
  console.log(`${same ? 'ok  ' : 'DIFF'} ${name}: ${most} apart${where}${same || !write ? '' : '; written'}`);
  if (same || !write) return same;
  await writeFile(path, text);
  await runCommand(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'biome', 'check', '--write', path]);
  return true;
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    only: { type: 'string' },
    python: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const scripts = (await Array.fromAsync(glob(join(FOLDER, `${values.only ?? '*'}.py`)))).sort();
  if (scripts.length === 0) throw new Error(`there is no ${values.only}.py in test/reference/golden`);
  const python = values.python ?? (await pythonWith(join(FOLDER, 'requirements.txt'), 'golden'));
  let same = true;
  for (const script of scripts) same = (await refresh(python, script, !values.check)) && same;
  process.exitCode = same ? 0 : 1;
}
