import { expect, it } from 'vitest';
import { isFormat, isKnownFormat, isUnjudged } from './formats.ts';
import { goDurationMs } from './go-duration.ts';

it.each([
  ['date', ['2026-02-28', '2024-02-29'], ['2026-02-29', '26-02-01', '2026-2-1', '']],
  [
    'date-time',
    ['2026-01-01T00:00:00Z', '2026-01-01t00:00:00.5+01:00'],
    ['2026-01-01', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z'],
  ],
  ['duration', ['1h30m', '22 ns', '2 weeks', '0', '-1.5h'], ['h', '1', 'x']],
  ['ipv4', ['10.0.0.1'], ['10.0.0.256', '::1']],
  ['ipv6', ['::1', 'fe80::1'], ['10.0.0.1', ':::']],
  ['cidr', ['10.0.0.0/8', 'fe80::/10'], ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x']],
  ['uuid', ['123E4567-e89b-12d3-a456-426614174000', '123e4567e89b12d3a456426614174000'], ['123e4567']],
  ['byte', ['YQ==', 'YWJj'], ['', 'YQ=', '💥']],
  ['uri', ['https://example.org/a?b', '/path', 'urn:x'], ['', 'no uri', 'http://[']],
  ['k8s-short-name', ['a-b', '1'], ['A', '-a', 'a.b', 'a'.repeat(64)]],
] as const)('%s', (format, good, bad) => {
  expect(good.filter((text) => !isFormat(text, format))).toEqual([]);
  expect(bad.filter((text) => isFormat(text, format))).toEqual([]);
});

it('says which formats Kubernetes judges and we do not, and lets unknown ones pass as it does', () => {
  expect(['isbn', 'email', 'date', 'int32'].map(isUnjudged)).toEqual([true, true, false, false]);
  expect(['isbn', 'date', 'int32', 'colour'].map(isKnownFormat)).toEqual([true, true, false, false]);
  expect(isFormat('anything', 'colour')).toBe(true);
});

it.each([
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['-2m', -120_000],
  ['0', 0],
  ['1d', undefined],
  ['', undefined],
  ['1h x', undefined],
])('as Go reads it, %j is %j ms', (text, ms) => {
  expect(goDurationMs(text)).toBe(ms);
});
