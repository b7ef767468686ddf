import { describe, expect, test } from 'vitest';
import { CALENDAR_PARAMS } from '#detect/calendar-params.ts';
import { THRESHOLD_PARAM } from '#detect/index.ts';
import { createFormat, type Language } from '../format.ts';
import { backtestMessages } from '../messages/backtest.ts';
import { numberProblem, paramWords, problemIn, textProblem, type WordsOf } from './param-words.ts';
import { guardParams } from './settings.ts';
import type { NumberParam } from './stops.ts';

const wordsIn = (language: Language): WordsOf => ({
  messages: backtestMessages(language),
  format: createFormat(language),
  unit: 'seconds',
  isEnglish: language === 'en',
});
const { timeZone, holidays } = CALENDAR_PARAMS;

describe('a text', () => {
  const en = wordsIn('en');
  const zone = paramWords('seasonal-bands', 'timeZone', timeZone, en);
  const days = paramWords('seasonal-bands', 'holidays', holidays, en);

  test.each(['', 'Europe/Berlin', 'UTC'])('that is right, as %j, has no problem', (text) => {
    expect(textProblem(timeZone, text, zone)).toBeUndefined();
  });

  test('that is wrong is told in the words of who knows', () => {
    expect(textProblem(timeZone, 'Europe/Atlantis', zone)).toBe('no time zone is called "Europe/Atlantis"');
    expect(textProblem(holidays, '2026-02-30', days)).toBe('there is no day "2026-02-30"');
  });

  test('that is too long says what is expected', () => {
    const { problem: _, ...silent } = timeZone;
    const long = { ...silent, problem: () => undefined };
    expect(textProblem(long, 'x'.repeat(65), zone)).toBe(`expected ${timeZone.expected}`);
  });

  test('that is wrong is told in Chinese too', () => {
    const words = paramWords('seasonal-bands', 'timeZone', timeZone, wordsIn('zh'));
    expect(textProblem(timeZone, 'Europe/Atlantis', words)).toMatch(/^应为时区名称/);
  });
});

describe('a number', () => {
  const of = guardParams(2).persistenceOf as NumberParam;
  const length = { kind: 'number', summary: '', unit: 'ms', min: 1000, max: 3_600_000 } as const;
  const problem = (language: Language, key: string, param: NumberParam, typed: string) => {
    const words = wordsIn(language);
    return numberProblem(param, typed, paramWords('ema', key, param, words), words.messages);
  };

  test.each([
    ['threshold', THRESHOLD_PARAM, '2.5'],
    ['threshold', THRESHOLD_PARAM, ' '],
    ['persistenceOf', of, '2'],
    ['halfLifeMs', length, '1m30s'],
  ])('of %s %j may be %j', (key, param, typed) => {
    expect(problem('en', key, param, typed)).toBeUndefined();
  });

  test.each([
    ['threshold', THRESHOLD_PARAM, '2,5', /decimal point/, /小数点/],
    ['threshold', THRESHOLD_PARAM, '101', /^expected 0\s*σ to 100\s*σ$/, /^应为 0/],
    ['persistenceOf', of, '1', /^no fewer than the 2 points/, /^不能少于.*2 个点/],
    ['persistenceOf', of, '2.5', /^expected a whole number/, /^应为整数/],
    ['persistenceOf', of, '1001', /^expected 2 points to 1000 points$/, /^应为 2 个点/],
    ['halfLifeMs', length, '2 moons', /^expected a length of time/, /^应为时长/],
  ])('of %s %j cannot be %j, and each language says why', (key, param, typed, english, chinese) => {
    expect(problem('en', key, param, typed)).toMatch(english);
    expect(problem('zh', key, param, typed)).toMatch(chinese);
  });
});

test('a length of time below zero keeps its sign', () => {
  const offset = { kind: 'number', summary: '', unit: 'ms' } as const;
  const { value } = paramWords('seasonal-bands', 'offsetMs', offset, wordsIn('en'));
  expect(value(-50_400_000)).toBe(`−${value(50_400_000)}`);
});

test('a broken rule is told in the reader’s words, and one that nobody translated as it is', () => {
  const message = 'expected "above", "below" or both';
  expect(problemIn(message, backtestMessages('zh'))).toMatch(/高于/);
  expect(problemIn(message, backtestMessages('en'))).toBe(message);
  expect(problemIn('something else', backtestMessages('zh'))).toBe('something else');
  expect(problemIn(undefined, backtestMessages('zh'))).toBeUndefined();
});
