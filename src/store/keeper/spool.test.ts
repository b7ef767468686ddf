// The spool over every crash that can be: the file cut at each length, and what was acknowledged is there.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSpool, SPOOL_FILE, type Spool } from './spool.ts';

let folder: string;
const opened: Spool[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-spool-'));
});
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(maxBytes = 1_000_000): Promise<{ spool: Spool; found: string[] }> {
  const found: string[] = [];
  const spool = await openSpool({ folder, maxBytes, onFound: (record) => found.push(textOf(record) ?? '') });
  opened.push(spool);
  return { spool, found };
}

const record = (text: string) => Buffer.from(text);
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
async function drain(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  for (let text = textOf(await spool.first()); text !== undefined; text = textOf(await spool.first())) {
    texts.push(text);
    await spool.shift();
  }
  return texts;
}

describe('the spool', () => {
  test('gives back in order what was pushed, also what is pushed meanwhile', async () => {
    const { spool } = await open();
    await Promise.all(['a', 'b', 'c'].map((text) => spool.push(record(text))));
    await spool.shift();
    await spool.push(record('d'));
    expect(await drain(spool)).toEqual(['b', 'c', 'd']);
    expect(spool.records).toBe(0);
  });

  test('begins anew when all was delivered', async () => {
    const { spool } = await open();
    await spool.push(record('a'));
    await drain(spool);
    expect((await stat(join(folder, SPOOL_FILE))).size).toBe(0);
    await spool.push(record('b'));
    expect(await drain(spool)).toEqual(['b']);
  });

  test('is there for the next process as it was left', async () => {
    const { spool } = await open();
    for (const text of ['a', 'b']) await spool.push(record(text));
    // No close: the process was killed.
    const next = await open();
    expect(next.found).toEqual(['a', 'b']);
    expect(next.spool.cutBytes).toBe(0);
    expect(await drain(next.spool)).toEqual(['a', 'b']);
  });

  test('cut anywhere gives the records before the cut, counts the rest, and goes on', async () => {
    const texts = ['first', 'second', 'third record'];
    const { spool } = await open();
    for (const text of texts) await spool.push(record(text));
    const whole = await readFile(join(folder, SPOOL_FILE));
    const ends = texts.map((_, index) => texts.slice(0, index + 1).reduce((sum, text) => sum + 8 + text.length, 0));
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(join(folder, SPOOL_FILE), whole.subarray(0, length));
      const kept = ends.filter((end) => end <= length).length;
      const next = await open();
      expect(next.found).toEqual(texts.slice(0, kept));
      expect(next.spool.cutBytes).toBe(length - (ends[kept - 1] ?? 0));
      await next.spool.push(record('new'));
      expect(await drain(next.spool)).toEqual([...texts.slice(0, kept), 'new']);
    }
  });

  test('is not fooled by a tail of zeros or of noise', async () => {
    const { spool } = await open();
    await spool.push(record('a'));
    const whole = await readFile(join(folder, SPOOL_FILE));
    for (const tail of [Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.from([1, 0, 0, 0, 9, 9, 9, 9, 65])]) {
      await writeFile(join(folder, SPOOL_FILE), Buffer.concat([whole, tail]));
      const next = await open();
      expect(next.found).toEqual(['a']);
      expect(next.spool.cutBytes).toBe(tail.length);
    }
  });

  test('that the disk gives back otherwise is cut and counted, and holds up nothing', async () => {
    const { spool } = await open();
    await spool.push(record('a'));
    await writeFile(join(folder, SPOOL_FILE), Buffer.alloc(9, 1));
    // This one is asked for before anybody knows.
    const [read, pushed] = await Promise.allSettled([spool.first(), spool.push(record('newer'))]);
    expect(read).toEqual({ status: 'fulfilled', value: undefined });
    expect(spool.records).toBe(0);
    expect(spool.cutBytes).toBe(9);
    // What is newer would bring the position beyond what was lost.
    expect(pushed).toMatchObject({ status: 'rejected', reason: { code: 'store-corrupt', retryable: true } });
    expect(spool.damage?.message).toContain(folder);
    await expect(spool.push(record('newer'))).rejects.toBe(spool.damage);
    spool.goOn();
    await spool.push(record('b'));
    expect(await drain(spool)).toEqual(['b']);
  });

  test('refuses what would make it too large, and has what it had', async () => {
    const { spool } = await open(20);
    await spool.push(record('12345678'));
    await expect(spool.push(record('1234'))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await drain(spool)).toEqual(['12345678']);
    await spool.push(record('123456789012'));
    expect((await open(20)).found).toEqual(['123456789012']);
  });

  test('says so when its folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const opening = openSpool({ folder: join(folder, 'file', 'x'), maxBytes: 1, onFound: () => {} });
    await expect(opening).rejects.toMatchObject({ code: 'cannot-write' });
  });
});
