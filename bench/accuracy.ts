// `bench accuracy`: how right the detectors are, printed as the page docs/accuracy.md. `--task quiet` is the shipped ones in quiet
// hours and during faults; `--task detect` is every method on labelled series. `--data DIR` adds the sets that do not ship;
// `--write` writes the task's part of the page.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { DETECT_MARK, detailPage, detectPage } from './accuracy/detect/page.ts';
import { runDetect } from './accuracy/detect/task.ts';
import { accuracyPage } from './accuracy/page.ts';
import { type Judged, judgeSet } from './accuracy/quiet.ts';
import { jumpstarterSets, nezhaSet, petshopSets, type RecordedSet, shippedSet } from './accuracy/sets.ts';

const TASKS = ['quiet', 'detect'];

export const bench = {
  name: 'accuracy',
  summary:
    'quiet time: --task quiet [--data DIR] [--write]; every method: --task detect [--data DIR] [--out DIR] [--method NAME] [--set NAME] ' +
    '[--parameter NAME=VALUE] [--answers [NAME=]DIR] [--verbose] [--write]',
  async run(args: readonly string[]): Promise<void> {
    const options = readArgs(args);
    const { task, data, write } = options;
    if (!TASKS.includes(task)) {
      const near = nearest(task, TASKS);
      throw new AppError(
        'bad-usage',
        `there is no task "${task}"${near === undefined ? '' : `, did you mean "${near}"`}; there are: ${TASKS.join(', ')}`,
      );
    }
    const page = task === 'quiet' ? accuracyPage(await judgeAll(data)) : await detect(options);
    process.stdout.write(page);
    if (write) await writePart(page);
  },
};

function readArgs(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      task: { type: 'string', default: 'quiet' },
      data: { type: 'string' },
      out: { type: 'string' },
      method: { type: 'string', multiple: true, default: [] },
      set: { type: 'string', multiple: true, default: [] },
      parameter: { type: 'string', multiple: true, default: [] },
      answers: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  return values;
}

async function detect(options: ReturnType<typeof readArgs>): Promise<string> {
  const results = await runDetect({
    data: options.data,
    out: options.out,
    methods: options.method,
    sets: options.set,
    answers: options.answers,
    parameters: Object.fromEntries(options.parameter.map(parameterOf)),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  if (options.verbose) process.stdout.write(`${detailPage(results)}\n`);
  return detectPage(results);
}

function parameterOf(text: string): [string, number | string] {
  const at = text.indexOf('=');
  if (at < 1) throw new AppError('bad-usage', `--parameter ${text}: expected NAME=VALUE`);
  const value = text.slice(at + 1);
  return [text.slice(0, at), value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

/** The page has a part for each task, the second from its mark on; the other one stays. */
async function writePart(part: string): Promise<void> {
  const path = join(SHIPPED.repository, 'docs', 'accuracy.md');
  const page = await readFile(path, 'utf8').catch(() => '');
  const mark = page.indexOf(DETECT_MARK);
  const first = mark < 0 ? page : page.slice(0, mark);
  const second = mark < 0 ? '' : page.slice(mark);
  const parts = part.startsWith(DETECT_MARK) ? [first, part] : [part, second];
  await writeFile(
    path,
    `${parts
      .map((one) => one.trimEnd())
      .join('\n\n')
      .trimEnd()}\n`,
  );
}

/** Each set with every method; sets whose data is not there are left out. */
export async function judgeAll(data: string | undefined): Promise<Judged[][]> {
  const sets: RecordedSet[] = [await shippedSet()];
  if (data !== undefined) {
    const ticket = await nezhaSet(join(data, 'nezha', '2023-01-30'), 'Train Ticket (nezha/2023-01-30)');
    sets.push(
      ...(ticket === undefined ? [] : [ticket]),
      ...(await jumpstarterSets(join(data, 'jumpstarter', 'train'))),
      ...(await petshopSets(data)),
    );
    if (sets.length === 1)
      throw new AppError(
        'not-found',
        `${data} holds none of nezha/2023-01-30, jumpstarter/train and petshop/*/noissue`,
      );
  }
  const judged: Judged[][] = [];
  for (const set of sets) {
    try {
      judged.push(await judgeSet(set));
    } finally {
      await set.close();
    }
  }
  return judged;
}
