import { beforeAll, expect, test } from 'vitest';
import { certificatesIn } from '#kit/certificates.ts';
import { makeAuthority } from '../certificates/issue.ts';
import { mergedBundle, type Strangers } from './bundle.ts';

const NOW = Date.now();
let [a, b, short] = ['', '', ''];

beforeAll(async () => {
  const make = async (endMs: number) => (await makeAuthority('watch', { nowMs: NOW, endMs })).certificate;
  [a, b, short] = [await make(NOW + 3_600_000), await make(NOW + 3_600_000), await make(NOW + 60_000)];
});

const base64 = (pem: string) => Buffer.from(pem).toString('base64');

/** The bundle afterwards, as a set. */
function merge(
  there: string,
  own: readonly string[],
  strangers: Strangers = new Map(),
  nowMs = NOW,
): readonly string[] {
  const merged = mergedBundle(base64(there), own, strangers, nowMs) ?? there;
  return certificatesIn(merged).sort();
}

const set = (...all: string[]) => all.sort();

test('what is not there is added, what is there stays, and who agrees writes nothing', () => {
  expect(merge('', [a])).toEqual(set(a));
  expect(merge(a, [b])).toEqual(set(a, b));
  expect(merge('rubbish', [a])).toEqual(set(a));
  expect(mergedBundle(base64(a + b), [b, a], new Map(), NOW)).toBeUndefined();
});

test('whoever writes writes the same', () => {
  expect(mergedBundle('', [a, b], new Map(), NOW)).toBe(mergedBundle('', [b, a], new Map(), NOW));
  expect(mergedBundle(base64(a), [b], new Map(), NOW)).toBe(mergedBundle(base64(b), [a], new Map(), NOW));
});

test('of two replicas that know different authorities none takes the other’s', () => {
  const strangers: Strangers = new Map();
  expect(merge(a + b, [b], strangers)).toEqual(set(a, b));
  expect(merge(a + b, [b], strangers, NOW + 599_000)).toEqual(set(a, b));
  expect(merge(a + b, [b], strangers, NOW + 600_000)).toEqual(set(b));
});

test('one that is known again is no stranger', () => {
  const strangers: Strangers = new Map();
  merge(a + b, [b], strangers);
  merge(a + b, [a, b], strangers, NOW + 300_000);
  expect(merge(a + b, [b], strangers, NOW + 600_000)).toEqual(set(a, b));
});

test('one that has ended goes at once', () => {
  expect(merge(a + short, [a], new Map(), NOW + 60_001)).toEqual(set(a));
});
