// `bench speed`: the rows of speed that have a peer, printed as the page docs/speed.md. Each row's equality is checked first;
// then both sides run in turn. `--only P4` runs the rows of one part; `--data DIR` adds series that do not ship; `--write`
// writes what was measured.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '#kit/errors.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { pythonWith } from '../test/parts/python.ts';
import { forecast } from './speed/forecast.ts';
import { forest } from './speed/forest.ts';
import { online } from './speed/online.ts';
import { partOf, speedPage } from './speed/page.ts';
import { rolling } from './speed/rolling.ts';
import { rules } from './speed/rules.ts';
import type { Context, Section } from './speed/section.ts';
import { stl } from './speed/stl.ts';

const SECTIONS: readonly Section[] = [rolling, online, stl, forest, forecast, rules];
const REQUIREMENTS = fileURLToPath(new URL('reference/requirements.txt', import.meta.url));

export const bench = {
  name: 'speed',
  summary: `speed beside peers: [--only ${SECTIONS.flatMap(({ rows }) => rows).join('|')}] [--runs 7] [--data DIR] [--python PATH] [--write]`,
  async run(args: readonly string[]): Promise<void> {
    const { sections, times, data, python, write } = readArgs(args);
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-speed-'));
    try {
      const interpreter = await findPython(python);
      const context: Context = {
        ...{ folder, times, say: (line: string) => process.stderr.write(`${line}\n`) },
        ...(interpreter === undefined ? {} : { python: interpreter }),
        ...(data === undefined ? {} : { data }),
      };
      for (const section of sections) {
        context.say(`${section.rows.join(', ')}: ${section.title} …`);
        const outcome = await section.run(context);
        const machine = { load: loadavg()[0] ?? 0, cores: availableParallelism() };
        const part = partOf({ ...outcome, ...machine, section, times });
        process.stdout.write(`${part}\n`);
        if (write) await writePart(section, part);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** At once: what follows may take long, or fail. */
async function writePart(section: Section, part: string): Promise<void> {
  const path = join(SHIPPED.repository, 'docs', 'speed.md');
  const before = await readFile(path, 'utf8').catch(() => '');
  await writeFile(path, speedPage(before, SECTIONS, new Map([[section, part]])));
}

function readArgs(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      runs: { type: 'string', default: '7' },
      data: { type: 'string' },
      python: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const { only, runs, data, python, write } = values;
  const times = Number(runs);
  if (!Number.isInteger(times) || times < 5) {
    throw new AppError('bad-usage', `--runs ${runs}: a whole number of 5 or more is needed`);
  }
  const sections = SECTIONS.filter(({ rows }) => only === undefined || rows.includes(only));
  if (sections.length === 0) {
    const there = SECTIONS.flatMap(({ rows }) => rows).join(', ');
    throw new AppError('bad-usage', `--only ${only}: there is no such row; there are ${there}`);
  }
  return { sections, times, data, python, write };
}

/** The interpreter that was named, else one with the pinned peers; without any it says so loudly. */
async function findPython(named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return named;
  try {
    return await pythonWith(REQUIREMENTS, 'speed');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n!!! the peers did NOT run: ${why}\n\n`);
    return undefined;
  }
}
