import { expect, test } from 'vitest';
import type { SpanView } from '#api/rest/contract.ts';
import { traceRows } from './trace.ts';

function span(spanId: string, startMs: number, durationMs: number, parentId?: string): SpanView {
  const rest = { traceId: 't', pod: 'p', service: 's', operation: 'o' };
  return { ...rest, spanId, startMs, durationMs, ...(parentId === undefined ? {} : { parentId }) };
}
const shape = (spans: SpanView[]): [string, number][] => traceRows(spans).map((row) => [row.span.spanId, row.depth]);

test('children stand below their parent, in the order of their start', () => {
  expect(shape([span('b', 5, 1, 'a'), span('c', 2, 1, 'a'), span('d', 3, 1, 'c'), span('a', 0, 10)])).toEqual([
    ['a', 0],
    ['c', 1],
    ['d', 2],
    ['b', 1],
  ]);
});

test('a span whose parent was not recorded stands at the left', () => {
  expect(shape([span('a', 0, 1, 'gone')])).toEqual([['a', 0]]);
});

test('a cycle ends, and every span is shown once', () => {
  expect(shape([span('a', 0, 1, 'b'), span('b', 1, 1, 'a')])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
});

test('bars are shares of the whole trace', () => {
  const [first, second] = traceRows([span('a', 100, 50), span('b', 150, 50, 'a')]);
  expect(first).toMatchObject({ offset: 0, length: 0.5 });
  expect(second).toMatchObject({ offset: 0.5, length: 0.5 });
});

test('a span of no length does not divide by zero', () => {
  expect(traceRows([span('a', 1, 0)])).toMatchObject([{ offset: 0, length: 0 }]);
});
