import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { toAppError } from './sqlite-error.ts';

const thrown = (code: string) => Object.assign(new Error(`${code}: from the system, open 'x'`), { code });

test('what the file system answers is told with its remedy', () => {
  const cases = [
    ['EACCES', 'cannot-write', '--data', false],
    ['EROFS', 'cannot-write', '--data', false],
    ['ENOSPC', 'disk-full', 'Make room', true],
    ['EMFILE', 'unavailable', 'limit on open files', true],
    ['ENFILE', 'unavailable', 'limit on open files', true],
  ] as const;
  for (const [system, code, remedy, retryable] of cases) {
    const error = toAppError(thrown(system), '/data/lock.pid');
    expect(error, system).toMatchObject({ code, retryable, message: expect.stringContaining('/data/lock.pid') });
    expect(error.message).toContain(remedy);
  }
});

test('what nobody foresaw stays internal, and an error of ours stays as it is', () => {
  expect(toAppError(thrown('EWHATEVER'), 'x').code).toBe('internal');
  expect(toAppError('a text', 'x').code).toBe('internal');
  const ours = new AppError('in-use', 'ours');
  expect(toAppError(ours, 'x')).toBe(ours);
});
