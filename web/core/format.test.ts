import { describe, expect, test } from 'vitest';
import { createFormat } from './format.ts';
import { unitOf, withoutUnit } from './units.ts';

const en = createFormat('en', 'UTC');
const zh = createFormat('zh', 'Asia/Shanghai');
const MINUTE = 60_000;
/** Narrow spaces as plain ones, so that the tables can be read. */
const plain = (words: string): string => words.replaceAll('\u202f', ' ');

describe('a figure', () => {
  test.each([
    [0.0824, 'seconds', '82.4 ms'],
    [0.000_05, 'seconds', '50 µs'],
    [1.5, 'seconds', '1.5 s'],
    [90, 'seconds', '90 s'],
    [300, 'seconds', '5 min'],
    [0, 'seconds', '0 s'],
    [35_034_992, 'bytes', '33.4Mi'],
    [512, 'bytes', '512 B'],
    [5991, 'bytes-per-second', '5.85Ki/s'],
    [0.25, 'cores', '250 millicores'],
    [1.5, 'cores', '1.5 cores'],
    [0.987, 'ratio', '98.7 %'],
    [1, 'ratio', '100 %'],
    [9.07, 'per-second', '9.07 /s'],
    [1_234_567, 'plain', '1 234 567'],
    [-3, 'plain', '−3'],
    [null, 'seconds', '–'],
    [Number.NaN, 'bytes', '–'],
  ] as const)('%s in %s reads %s', (value, unit, words) => {
    expect(plain(en.figure(value, unit))).toBe(words);
  });

  test.each([
    [3.149, '+3.1σ'],
    [-12.6, '−12.6σ'],
    [0, '0.0σ'],
    [99.9, '+99.9σ'],
    [100, '≥ 100σ'],
    [-412.3, '≤ −100σ'],
    [null, '–'],
  ])('a score of %s reads %s', (score, words) => {
    expect(plain(en.sigma(score))).toBe(words);
  });
});

describe('a length of time', () => {
  test.each([
    [40_000, '40 s', '40 秒'],
    [5 * MINUTE, '5 min', '5 分钟'],
    [119 * MINUTE, '119 min', '119 分钟'],
    [120 * MINUTE, '2 h', '2 小时'],
    [231 * MINUTE, '3 h 51 min', '3 小时 51 分钟'],
    [72 * 60 * MINUTE, '3 d', '3 天'],
    [Number.NaN, '–', '–'],
  ])('of %s ms reads best as %s', (ms, english, chinese) => {
    expect(plain(en.duration(ms))).toBe(english);
    expect(plain(zh.duration(ms))).toBe(chinese);
  });

  test('since a moment is told from now', () => {
    expect(plain(en.ago(0, 3 * MINUTE))).toBe('3 min ago');
    expect(plain(zh.ago(0, 3 * MINUTE))).toBe('3 分钟前');
    expect(en.ago(0, 0)).toBe('just now');
  });
});

describe('a moment', () => {
  const ms = Date.UTC(2022, 7, 22, 5, 18, 20);

  test("is shown in the reader's zone, which is named, and in UTC", () => {
    expect(en.clock(ms)).toBe('05:18:20');
    expect(zh.clock(ms)).toBe('13:18:20');
    expect(zh.zone(ms)).toBe('GMT+8');
    expect(zh.utc(ms)).toBe('2022-08-22 05:18:20 UTC');
    expect(en.date(ms)).toBe('22 Aug 2022');
    expect(zh.date(ms)).toBe('2022年8月22日');
  });

  test('that does not exist is a dash', () => {
    expect(en.utc(Number.NaN)).toBe('–');
    expect(en.clock(Number.NaN)).toBe('–');
  });
});

describe("a metric's name", () => {
  test.each([
    ['pod_server_latency_p90_seconds', 'seconds', 'pod_server_latency_p90'],
    ['pod_network_receive_bytes_total', 'bytes', 'pod_network_receive'],
    ['pod_cpu_usage_cores', 'cores', 'pod_cpu_usage'],
    ['front_success_ratio', 'ratio', 'front_success'],
    ['requests', 'plain', 'requests'],
  ])('%s tells its unit %s', (name, unit, rest) => {
    expect(unitOf(name)).toBe(unit);
    expect(withoutUnit(name)).toBe(rest);
  });
});
