import { describe, expect, test } from 'vitest';
import type { EvidenceView, FindingView } from '#api/rest/contract.ts';
import { evidenceSentence, guardFigure, peakWords, type Words } from './evidence-words.ts';
import { createFormat } from './format.ts';
import { en } from './messages/en.ts';
import { zh } from './messages/zh.ts';

const HOUR = 3_600_000;
const words = (language: 'en' | 'zh'): Words => ({
  language,
  format: createFormat(language, 'UTC'),
  messages: { en, zh }[language],
});
const segments = [
  { fromMs: 0, toMs: 10 * HOUR },
  { fromMs: 14 * HOUR, toMs: 20 * HOUR },
];

function evidence(part: Partial<EvidenceView> = {}): EvidenceView {
  return {
    series: 's',
    metricName: 'pod_server_latency_p90_seconds',
    timeMs: 15 * HOUR,
    value: 0.2542,
    expected: 0.082,
    lower: 0.05,
    upper: 0.11,
    score: 9.1,
    threshold: 6,
    algorithm: 'median-iqr',
    baseline: { count: 120, fromMs: 9 * HOUR, toMs: 15 * HOUR },
    points: 5,
    guards: [{ guard: 'relative', passed: true, limit: 1, actual: 2.1 }],
    ...part,
  };
}

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

test('a line of a list says how many times its usual a peak was, or the direction where that says nothing', () => {
  const said = (part: Partial<EvidenceView>, language: 'en' | 'zh' = 'en') =>
    peakWords({ peak: evidence(part), direction: 'above' } as FindingView, words(language));
  expect(said({ value: 12.4 })).toBe('151× usual');
  expect(said({ value: 12.4 }, 'zh')).toBe('通常的 151 倍');
  expect(said({ expected: 0 })).toBe('above usual');
  expect(said({ metricName: 'service_success_ratio' })).toBe('above usual');
});

describe('the sentence of evidence', () => {
  test('tells the ratio, the usual, the baseline without its gap, the points and the least deviation', () => {
    expect(plain(evidenceSentence(evidence(), segments, words('en')))).toBe(
      'P90 server latency 3.1× the last 2 h’s usual 82 ms, 5 points, above the least deviation of 100 %',
    );
    expect(plain(evidenceSentence(evidence(), segments, words('zh')))).toBe(
      'P90 服务端延迟是最近 2 小时通常值 82 ms 的 3.1 倍，持续 5 个点，超过最小偏差 100 %',
    );
  });

  test('tells the two values where a ratio says nothing', () => {
    expect(plain(evidenceSentence(evidence({ expected: 0, guards: [] }), segments, words('en')))).toBe(
      'P90 server latency 254 ms, where 0 s is usual in the last 2 h, 5 points',
    );
    const share = evidence({ metricName: 'service_success_ratio', value: 0.6, expected: 1, guards: [], points: 1 });
    expect(plain(evidenceSentence(share, segments, words('en')))).toBe(
      'Success rate 60 %, where 100 % is usual in the last 2 h, 1 point',
    );
  });

  test('does without a baseline whose times are not known', () => {
    const unknown = evidence({ baseline: { count: 3, fromMs: null, toMs: null }, guards: [] });
    expect(plain(evidenceSentence(unknown, segments, words('en')))).toBe(
      'P90 server latency 3.1× its usual 82 ms, 5 points',
    );
  });
});

test.each([
  ['relative', 1, '100 %'],
  ['relative', 98.2, '98.2×'],
  ['absolute', 0.05, '50 ms'],
  ['ends', 0.05, '50 ms'],
  ['direction', 'above', 'above'],
  ['persistence', '3/3', '3/3'],
  ['denominator', 0.05, '0.05'],
  ['denominator', 'none', 'not known'],
  ['calendar', 'Fri 09:30, holiday', 'Fri 09:30, holiday'],
] as const)('the figure of the guard %s is told in its unit', (guard, value, expected) => {
  expect(plain(guardFigure(guard, value, 'pod_server_latency_p90_seconds', words('en')))).toBe(expected);
});

test('a calendar’s words are those of the page’s language, and the zone’s name stays', () => {
  const told = (text: string) => guardFigure('calendar', text, 'm', words('zh'));
  expect(told('Mon–Fri 08:00–18:00; not Fri 22:00–06:00; no holidays Europe/Berlin')).toBe(
    '周一–周五 08:00–18:00; 不含 周五 22:00–06:00; 节假日除外 Europe/Berlin',
  );
  expect(told('Sun 09:30, holiday')).toBe('周日 09:30, 节假日');
});
