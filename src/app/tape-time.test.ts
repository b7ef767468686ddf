import { describe, expect, test } from 'vitest';
import { formatMinute, parseMoment } from './tape-time.ts';

describe('a moment on the command line', () => {
  const after = Date.parse('2022-08-21T08:24:00Z');
  test.each([
    ['2022-08-22T03:51Z', '2022-08-22T03:51:00.000Z'],
    ['2022-08-22T03:51', '2022-08-22T03:51:00.000Z'],
    ['2022-08-22 03:51:07.5', '2022-08-22T03:51:07.500Z'],
    ['2022-08-22T03:51+02:00', '2022-08-22T01:51:00.000Z'],
    ['2022-08-22', '2022-08-22T00:00:00.000Z'],
    ['08:24', '2022-08-21T08:24:00.000Z'],
    ['23:59:30', '2022-08-21T23:59:30.000Z'],
    ['3:51', '2022-08-22T03:51:00.000Z'],
    ['08:23', '2022-08-22T08:23:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(parseMoment(text, '--from', after)).toISOString()).toBe(iso);
  });

  test.each(['', 'noon', '24:00', '2022-08-22T', '2022-99-99', '2022-02-31', '1661140279', '03:51 tomorrow'])(
    '"%s" is refused with the option and an example',
    (text) => {
      expect(() => parseMoment(text, '--from', after)).toThrow(/^--from .* is not a time: give one like 2022-/);
    },
  );

  test('cannot be a time of day where there is no day to look in', () => {
    expect(() => parseMoment('03:51', '--quiet-from')).toThrow(/^--quiet-from 03:51 is not a time/);
  });

  test('is printed to the minute, in UTC', () => {
    expect(formatMinute(Date.parse('2022-08-22T03:51:59.9Z'))).toBe('2022-08-22 03:51');
  });
});
