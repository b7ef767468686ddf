import { expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { createLog } from './log.ts';

function lineOf(thrown: unknown) {
  const lines: string[] = [];
  createLog('info', { write: (line) => void lines.push(line) }).error({ err: thrown, pod: 'cart-1' }, 'it failed');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

test('an error that says what to do is its code, its sentence and what led to it, without a stack', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const failed = new TypeError('fetch failed', { cause: refused });
  const line = lineOf(new AppError('unavailable', 'Prometheus did not answer', { cause: failed, retryable: true }));
  expect(line).toMatchObject({ msg: 'it failed', pod: 'cart-1' });
  expect(line.err).toEqual({
    type: 'AppError',
    code: 'unavailable',
    message: 'Prometheus did not answer',
    causes: ['TypeError: fetch failed', 'Error: connect ECONNREFUSED'],
  });
});

test('an error that nobody expected brings its stack', () => {
  const { err } = lineOf(new TypeError('x is not a function'));
  expect(err).toMatchObject({ type: 'TypeError', message: 'x is not a function' });
  expect(err.stack).toContain('log.test.ts');
});

test('an internal error brings the stack of what led to it', () => {
  const { err } = lineOf(new AppError('internal', 'the store failed', { cause: new RangeError('out of range') }));
  expect(err).toMatchObject({ code: 'internal', causes: ['RangeError: out of range'] });
  expect(err.stack).toMatch(/^RangeError: out of range\n.*log\.test\.ts/s);
});

test('what leads to itself ends, and what is no error is told as it is', () => {
  const circle = new AppError('bad-input', 'a');
  circle.cause = circle;
  expect(lineOf(circle).err.causes).toHaveLength(5);
  expect(lineOf('text').err).toEqual({ type: 'string', message: 'text' });
  expect(lineOf(new AppError('forbidden', 'no', { cause: 'a text' })).err.causes).toEqual(['a text']);
});
