import { expect, test } from 'vitest';
import { ERROR_CODES } from '#kit/errors.ts';
import { errorsPage } from './errors-page.ts';

test('every code has one row with its exit code and HTTP status, by exit code', () => {
  const rows = [...errorsPage(ERROR_CODES).matchAll(/^\| (\d+) \| `([a-z-]+)` \| (\d+) \| .+ \| .+ \|$/gm)];
  const told = Object.fromEntries(rows.map(([, exit, code, http]) => [code, [Number(exit), Number(http)]]));
  expect(told).toEqual(
    Object.fromEntries(Object.entries(ERROR_CODES).map(([code, [exit, http]]) => [code, [exit, http]])),
  );
  const exits = rows.map(([, exit]) => Number(exit));
  expect(exits).toEqual([...exits].sort((a, b) => a - b));
});
