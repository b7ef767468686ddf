import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnOf, parseCsv, readCsv } from './csv.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('CSV', () => {
  test('comes back as it was written, whatever the fields hold', () => {
    const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
      fc.array(
        fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ') }), {
          minLength: width,
          maxLength: width,
        }),
        {
          minLength: 1,
        },
      ),
    );
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (records, lineEnd) => {
        const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;
        const text = records.map((record) => record.map(quote).join(',')).join(lineEnd);
        const { columns, rows } = parseCsv(text, 'x.csv');
        expect([columns, ...rows]).toEqual(records);
      }),
    );
  });

  test('may have a byte order mark, empty lines, and a last line without its end', () => {
    const { columns, rows, lines } = parseCsv('\ufeffa,b\r\n\r\n1,2\n\n"3\n",4', 'x.csv');
    expect({ columns, rows, lines }).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3\n', '4'],
      ],
      lines: [3, 5],
    });
  });

  test.each([
    ['a row of another length', 'a,b\n1,2\n3\n', /x\.csv:3 has 1 field, its header 2.*cut short/],
    ['a quote that is never closed', 'a,b\n"1,2\n', /x\.csv:2: a quote/],
    ['text behind a closing quote', 'a,b\n"1"x,2\n', /x\.csv:2: .*after its closing quote/],
    ['semicolons', 'time;a\n1;0,5\n', /x\.csv has semicolons between its fields: write it with commas/],
    ['tabs', 'time\ta\n1\t2\n', /x\.csv has tabs between its fields/],
    ['nothing at all', '\n\n', /x\.csv is empty/],
  ])('is refused with file and line for %s', (_, text, message) => {
    expect(() => parseCsv(text, 'x.csv')).toThrow(message);
  });

  test('is refused with its columns when one is missing', () => {
    expect(() => columnOf(parseCsv('a,b\n', 'x.csv'), 'Time')).toThrow('x.csv has no column "Time"; it has a, b.');
  });

  test('is read from a file, packed or not', async () => {
    await writeFile(join(folder, 'plain.csv'), 'a\n1\n');
    await writeFile(join(folder, 'packed.csv.gz'), gzipSync('a\n1\n'));
    expect((await readCsv(join(folder, 'packed.csv.gz'))).rows).toEqual(
      (await readCsv(join(folder, 'plain.csv'))).rows,
    );
  });

  test('larger than can be read is said to be too large', async () => {
    const path = join(folder, 'large.csv');
    await writeFile(path, '');
    // A file of holes: it takes no room.
    await truncate(path, 3 * 2 ** 30);
    await expect(readCsv(path)).rejects.toMatchObject({
      code: 'too-much',
      message: expect.stringMatching(/large\.csv is too large: it has more than \d+ MiB/),
    });
  });

  test('is refused when the file is not there or was packed badly', async () => {
    await expect(readCsv(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not-found' });
    await writeFile(join(folder, 'cut.csv.gz'), gzipSync('a\n1\n2\n3\n').subarray(0, 15));
    const cut = readCsv(join(folder, 'cut.csv.gz'));
    await expect(cut).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/cut\.csv\.gz.*gzip/),
    });
  });
});
