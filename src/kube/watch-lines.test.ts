import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader } from './watch-lines.ts';

function readAll(chunks: readonly Uint8Array[], maxBytes = 1e6) {
  const lines: string[] = [];
  const tooLong: number[] = [];
  const reader = createLineReader({
    maxBytes,
    onLine: (line) => lines.push(line),
    onTooLong: (sizeBytes) => tooLong.push(sizeBytes),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { lines, tooLong, pendingBytes: reader.pendingBytes };
}

describe('lines of a stream of bytes', () => {
  it('are the same however the bytes are cut, also within a letter', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
    const cuts = fc.array(fc.nat({ max: 400 }));
    fc.assert(
      fc.property(fc.array(line), cuts, (expected, places) => {
        const bytes = Buffer.from(expected.map((text) => `${text}\n`).join(''));
        const ends = [...places.filter((place) => place < bytes.length), bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => new Uint8Array(bytes.subarray(ends[index - 1] ?? 0, end)));
        const read = readAll(chunks);
        expect(read.lines).toEqual(expected.map((text) => Buffer.from(text).toString()));
        expect(read.pendingBytes).toBe(0);
      }),
    );
  });

  it('that are too long are let go while they come, and the next one is read', () => {
    const chunks = ['x'.repeat(80), 'y'.repeat(80), 'z\n{"a":1}\n', 'w'.repeat(101), '\n', 'last\n'];
    const read = readAll(
      chunks.map((text) => Buffer.from(text)),
      100,
    );
    expect(read).toEqual({ lines: ['{"a":1}', 'last'], tooLong: [161, 101], pendingBytes: 0 });
  });

  it('that are half are not handed over', () => {
    expect(readAll([Buffer.from('a\n\n{"half')])).toEqual({ lines: ['a'], tooLong: [], pendingBytes: 6 });
  });

  it('do not change when the memory of a chunk is used again', () => {
    const lines: string[] = [];
    const reader = createLineReader({ maxBytes: 100, onLine: (line) => lines.push(line), onTooLong: () => {} });
    const chunk = Buffer.from('half ');
    reader.push(chunk);
    chunk.fill('x');
    reader.push(Buffer.from('and half\n'));
    expect(lines).toEqual(['half and half']);
  });
});
