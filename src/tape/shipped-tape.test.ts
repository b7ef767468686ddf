// The tape that comes with the repository is what it says it is.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verifyTape } from './verify.ts';

const path = fileURLToPath(new URL('../../tapes/online-boutique.tape', import.meta.url));

describe('the tape in the repository', () => {
  test('is sound, small, and carries its whole notice and its answer key', async () => {
    const info = await verifyTape(path);
    expect(info.sizeBytes).toBeLessThanOrEqual(3_000_000);
    expect(info.header.licence).toMatch(/^MIT License\n\nCopyright \(c\) 2023 IntelligentDDS\n/);
    expect(info.header.licence).toMatch(/DEALINGS IN THE\s+SOFTWARE\.\s*$/);
    expect(info.header.answerKey).toHaveLength(24);
    expect([info.series.length, info.samples]).toEqual([223, 269_607]);
  });

  test('plays the quiet hours first, a day earlier, and stops where they began', async () => {
    const { header } = await verifyTape(path);
    const at = (text: string): number => Date.parse(`${text}:00Z`);
    expect(header.segments).toEqual([
      {
        name: 'quiet hours',
        fromMs: at('2022-08-21T08:24'),
        toMs: at('2022-08-22T00:00'),
        shiftedMs: -86_400_000,
        warmUp: true,
      },
      {
        name: 'fault hours',
        fromMs: at('2022-08-22T03:51'),
        toMs: at('2022-08-22T08:24'),
        shiftedMs: 0,
        warmUp: false,
      },
    ]);
    const [, faults] = header.segments;
    expect(header.answerKey.every(({ timeMs }) => timeMs >= (faults?.fromMs ?? 0) && timeMs < header.toMs)).toBe(true);
  });

  test('has its licence in the notice beside it', async () => {
    const notice = await readFile(new URL('../../tapes/NOTICE.md', import.meta.url), 'utf8');
    const { header } = await verifyTape(path);
    expect(notice).toContain(header.licence.trim());
  });
});
