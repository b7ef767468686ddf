import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf } from '#kit/errors.ts';
import { openTape } from '#tape/reader.ts';
import { createTapeWriter } from '#tape/writer.ts';
import { tapeConvert, tapeCut, tapeInfo, tapeVerify } from './tape-command.ts';

const shipped = fileURLToPath(new URL('../../tapes/online-boutique.tape', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function lines(command: (print: (line: string) => void) => Promise<void>): Promise<string[]> {
  const printed: string[] = [];
  await command((line) => printed.push(line));
  return printed;
}

describe('tidewatch tape', () => {
  test('info says what is on a tape, when, and where it comes from', async () => {
    const text = (await lines((print) => tapeInfo(shipped, {}, print))).join('\n');
    expect(text).toMatch(/^Online Boutique on Kubernetes/);
    expect(text).toContain('quiet hours: 2022-08-21 08:24 to 2022-08-22 00:00, warm-up, re-stamped 24 h earlier');
    expect(text).toContain('223 series, 269,607 samples');
    expect(text).toContain('24 known: 3 × cpu_consumed, 8 × cpu_contention');
    expect(text).toMatch(/licence +MIT License/);
  });

  test('info --json gives the same to a program, with the notice whole', async () => {
    const [json = ''] = await lines((print) => tapeInfo(shipped, { json: true }, print));
    const info = JSON.parse(json);
    expect(info).toMatchObject({ version: 1, series: 223, samples: 269_607, metrics: { pod_cpu_usage_cores: 10 } });
    expect(info.answerKey).toHaveLength(24);
    expect(info.licence).toContain('DEALINGS IN THE');
  });

  test('verify says that a tape is sound, and exits with 65 when it is not', async () => {
    expect(await lines((print) => tapeVerify(shipped, print))).toEqual([
      expect.stringMatching(/is sound: 223 series.*SHA-256 [0-9a-f]{64}/),
    ]);
    const damaged = join(folder, 'damaged.tape');
    const bytes = await readFile(shipped);
    bytes[500_000] = (bytes[500_000] ?? 0) ^ 1;
    await writeFile(damaged, bytes);
    const error = await tapeVerify(damaged, () => undefined).catch((cause: unknown) => cause);
    expect([exitCodeOf(error), String(error)]).toEqual([65, expect.stringMatching(/damaged in block \d/)]);
  });

  test('cut writes the part of a tape that was asked for, times of day on the tape', async () => {
    const output = join(folder, 'part.tape');
    const flags = { output, from: '04:00', to: '05:00', match: ['service=frontend', 'namespace=hipster'] };
    const [written] = await lines((print) => tapeCut(shipped, flags, print));
    expect(written).toMatch(/^Wrote .*part\.tape: 24 series, 1,440 samples, \d+ spans, 1 block, /);
    const text = (await lines((print) => tapeInfo(output, {}, print))).join('\n');
    expect(text).toContain('2022-08-22 04:00 to 2022-08-22 05:00 UTC');
    await lines((print) => tapeVerify(output, print));
  });

  test('info shows control characters on a tape, and the terminal does not obey them', async () => {
    const path = join(folder, 'escape.tape');
    const header = { name: '\x1b[2Jgone', source: 'a\x9b31m', licence: 'x\r\n', fromMs: 0, toMs: 1 };
    const writer = await createTapeWriter(path, { ...header, segments: [], answerKey: [] });
    await writer.finish();
    const text = (await lines((print) => tapeInfo(path, {}, print))).join('\n');
    expect(text).toMatch(/^\uFFFD\[2Jgone\n/);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('cut says when a part begins too late for a baseline, and when calls are left out', async () => {
    const cut = (name: string, flags: object) =>
      lines((print) => tapeCut(shipped, { output: join(folder, name), ...flags }, print));
    const late = await cut('late.tape', { from: '2022-08-22T05:10', to: '05:40', match: ['service=frontend'] });
    expect(late.slice(1)).toEqual([
      expect.stringMatching(/minutes of history before the first .* detectors will need about two hours/),
      expect.stringMatching(/--match leaves out (\d+) of \1 series of calls/),
    ]);
    expect(await cut('early.tape', { from: '2022-08-21T20:00', to: '2022-08-22T05:40' })).toHaveLength(1);
    expect(await cut('quiet.tape', { from: '2022-08-21T20:00', to: '2022-08-21T21:00' })).toHaveLength(1);
  });

  test('cut without anything asked for gives the whole tape again', async () => {
    const output = join(folder, 'whole.tape');
    await tapeCut(shipped, { output }, () => undefined);
    const read = async (path: string) => {
      const tape = await openTape(path);
      const signals = await Array.fromAsync(tape.signals());
      await tape.close();
      return { header: tape.info.header, signals };
    };
    expect(isDeepStrictEqual(await read(output), await read(shipped))).toBe(true);
  });

  test('does not replace a file unless it is told to', async () => {
    const output = join(folder, 'taken.tape');
    await copyFile(shipped, output);
    const part = { output, from: '04:00', to: '04:10' };
    const refused = { code: 'bad-usage', message: expect.stringContaining('--force') };
    await expect(tapeCut(shipped, part, () => undefined)).rejects.toMatchObject(refused);
    await expect(tapeConvert(folder, { output }, () => undefined)).rejects.toMatchObject(refused);
    await tapeCut(shipped, { ...part, force: true }, () => undefined);
    expect((await readFile(output)).length).toBeLessThan(50_000);
  });

  test('convert makes a tape of a folder, under the notice that is named, and compares every value', async () => {
    const day = join(folder, 'day');
    await mkdir(join(day, 'metric'), { recursive: true });
    const rows = ['Time,TimeStamp,ServiceName,LatencyP99(s)', '2022-08-22 03:51:19.6 +0000 UTC,9,Frontend,2.365'];
    await writeFile(join(day, 'metric', 'front_service.csv'), rows.join('\n'));
    await writeFile(join(folder, 'notice.txt'), 'Do as you like');
    const flags = { output: join(folder, 'day.tape'), check: true, name: 'one sample' };
    await expect(tapeConvert(day, flags, () => undefined)).rejects.toThrow(/No LICENSE in .*--licence FILE/);
    const noted = { ...flags, licence: join(folder, 'notice.txt') };
    const printed = await lines((print) => tapeConvert(day, noted, print));
    expect(printed).toEqual([
      expect.stringMatching(/1 series, 1 sample, 0 spans/),
      'All 1 values are what the files say.',
    ]);
    const text = (await lines((print) => tapeInfo(flags.output, {}, print))).join('\n');
    expect(text).toMatch(/^one sample[\s\S]*licence +Do as you like/m);
  });

  test.each([
    [{ from: 'noon' }, /--from noon is not a time/],
    [{ match: ['frontend'] }, /--match frontend is not label=value/],
    [{ match: ['service=nobody'] }, /No series of the tape/],
  ])('cut with %j is refused and leaves nothing behind', async (flags, message) => {
    const sub = await mkdtemp(join(folder, 'refused-'));
    await expect(tapeCut(shipped, { output: join(sub, 'x.tape'), ...flags }, () => undefined)).rejects.toThrow(message);
    expect(await readdir(sub)).toEqual([]);
  });
});
