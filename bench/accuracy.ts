// `bench accuracy`: how right the shipped detectors are, printed as the page docs/accuracy.md. `--data DIR` adds the sets
// that do not ship; `--write` writes the page.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { accuracyPage } from './accuracy/page.ts';
import { type Judged, judgeSet } from './accuracy/quiet.ts';
import { jumpstarterSets, nezhaSet, type RecordedSet, shippedSet } from './accuracy/sets.ts';

const TASKS = ['quiet'];

export const bench = {
  name: 'accuracy',
  summary: 'quiet minutes, faults coloured, delay: --task quiet [--data DIR] [--write]',
  async run(args: readonly string[]): Promise<void> {
    const { task, data, write } = readArgs(args);
    if (!TASKS.includes(task)) {
      const near = nearest(task, TASKS);
      throw new AppError(
        'bad-usage',
        `there is no task "${task}"${near === undefined ? '' : `, did you mean "${near}"`}; there are: ${TASKS.join(', ')}`,
      );
    }
    const page = accuracyPage(await judgeAll(data));
    process.stdout.write(page);
    if (write) await writeFile(join(SHIPPED.repository, 'docs', 'accuracy.md'), page);
  },
};

function readArgs(args: readonly string[]): { task: string; data: string | undefined; write: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      task: { type: 'string', default: 'quiet' },
      data: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  return { task: values.task, data: values.data, write: values.write };
}

/** Each set with every method; sets whose data is not there are left out. */
export async function judgeAll(data: string | undefined): Promise<Judged[][]> {
  const sets: RecordedSet[] = [await shippedSet()];
  if (data !== undefined) {
    const ticket = await nezhaSet(join(data, 'nezha', '2023-01-30'), 'Train Ticket (nezha/2023-01-30)');
    sets.push(
      ...(ticket === undefined ? [] : [ticket]),
      ...(await jumpstarterSets(join(data, 'jumpstarter', 'train'))),
    );
    if (sets.length === 1)
      throw new AppError('not-found', `${data} holds neither nezha/2023-01-30 nor jumpstarter/train`);
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
