// Answer files, so that any scorer can judge, and ours any answers: DIR/detect/<set>/<path>.csv with index, score, is_anomaly. Where
// is_anomaly is empty in all rows the scores are judged alone.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { type Answer, emptyAnswer, type Part, partOf, type Recording } from './recording.ts';

const HEADER = 'index,score,is_anomaly';

function pathOf(folder: string, recording: Recording, part: Part): string {
  return join(folder, 'detect', recording.set, ...`${part.path}.csv`.split('/'));
}

export async function writeAnswer(folder: string, recording: Recording, answer: Answer): Promise<void> {
  for (const part of recording.parts) {
    const { scores, anomalous } = partOf(answer, part);
    const path = pathOf(folder, recording, part);
    await mkdir(dirname(path), { recursive: true });
    const rows = Array.from(scores, (score, row) => `${row},${Number.isNaN(score) ? '' : score},${anomalous[row]}`);
    await writeFile(path, `${[HEADER, ...rows].join('\n')}\n`);
  }
}

/** What the folder answers; undefined where it says nothing of some part. Rejects rows that do not fit the recording's. */
export async function readAnswer(folder: string, recording: Recording): Promise<Answer | undefined> {
  const answer = emptyAnswer(recording.timesMs.length);
  const said = new Set<string>();
  for (const part of recording.parts) {
    const path = pathOf(folder, recording, part);
    if (!existsSync(path)) return undefined;
    const [header, ...rows] = (await readFile(path, 'utf8')).trimEnd().split(/\r?\n/);
    if (header !== HEADER || rows.length !== part.to - part.from) {
      throw new AppError(
        'bad-input',
        `${path}: expected "${HEADER}" and ${part.to - part.from} rows, found ${rows.length}`,
      );
    }
    rows.forEach((row, at) => {
      const [index, score = '', anomalous] = row.split(',');
      if (Number(index) !== at) throw new AppError('bad-input', `${path}: row ${at} has the index ${index}`);
      answer.scores[part.from + at] = score === '' ? Number.NaN : Number(score);
      answer.anomalous[part.from + at] = anomalous === '1' ? 1 : 0;
      said.add(anomalous ?? '');
      if (said.has('') ? said.size > 1 : !/^[01]$/.test(anomalous ?? '')) {
        throw new AppError('bad-input', `${path}: row ${at}: expected is_anomaly to be 0 or 1, or empty in all rows`);
      }
    });
  }
  return said.has('') ? { ...answer, isRankingOnly: true } : answer;
}
