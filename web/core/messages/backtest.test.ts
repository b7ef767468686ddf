// Whoever adds a method or a parameter adds its Chinese words: what is missing here would be told in English.
import { describe, expect, test } from 'vitest';
import type { Algorithm, Param } from '#detect/contract.ts';
import { ALGORITHMS, GUARD_PARAMS, THRESHOLD_PARAM } from '#detect/index.ts';
import { paramWords, type WordsOf } from '../backtest/param-words.ts';
import { createFormat } from '../format.ts';
import { backtestEn } from './backtest-en.ts';
import { backtestZh } from './backtest-zh.ts';
import { en } from './en.ts';

const REGISTRY: readonly Algorithm[] = Object.values(ALGORITHMS);
const OF_METHODS = REGISTRY.flatMap(({ name, params }) =>
  Object.entries<Param>(params).map(([key, param]) => ({ method: name, key, param })),
);
const OF_GUARDS = Object.entries<Param>({ ...GUARD_PARAMS, threshold: THRESHOLD_PARAM });
const ALL = [...OF_METHODS, ...OF_GUARDS.map(([key, param]) => ({ method: 'auto', key, param }))];
const HAN = /\p{Script=Han}/u;

const words: WordsOf = {
  messages: backtestZh,
  format: createFormat('zh'),
  unit: 'seconds',
  isEnglish: false,
};

describe('in Chinese', () => {
  test.each(REGISTRY)('the method $name is explained', ({ name }) => {
    expect(backtestZh.methods[name] ?? '').toMatch(HAN);
  });

  test.each(ALL)('$key of $method has a name, a sentence and its choices', ({ method, key, param }) => {
    const { name, sentence, isForeign, value } = paramWords(method, key, param, words);
    // The threshold is named where the page's own words are.
    if (key !== 'threshold') expect(name, 'its name').toMatch(HAN);
    expect(isForeign).toBe(false);
    expect(sentence, 'its sentence').toMatch(HAN);
    for (const choice of param.kind === 'choice' ? param.choices : []) expect(value(choice), choice).toMatch(HAN);
    if (param.kind === 'text') expect(backtestZh.expected[key] ?? '', 'what is expected of it').toMatch(HAN);
  });

  test('what two methods mean by one parameter is told apart where they mean different things', () => {
    for (const [key, same] of Map.groupBy(OF_METHODS, (one) => one.key)) {
      const told = same.map(
        ({ method, param }) => `${paramWords(method, key, param, words).sentence} ${param.summary}`,
      );
      const sentences = new Set(same.map(({ method, param }) => paramWords(method, key, param, words).sentence));
      expect(new Set(told).size, key).toBe(sentences.size);
    }
  });

  test('each rule that a method’s values may break is told', () => {
    for (const { name, rules = [] } of REGISTRY) {
      for (const { message } of rules) expect(backtestZh.rules[message] ?? '', `${name}: ${message}`).toMatch(HAN);
    }
  });
});

test('a name in English is one that somebody chose', () => {
  for (const { key } of ALL) if (key !== 'threshold') expect(backtestEn.names[key], key).toBeDefined();
});

test('no words are left of what is not there any more', () => {
  const keys = new Set(ALL.map(({ key }) => key));
  const sentences = new Set(ALL.flatMap(({ method, key }) => [key, `${method}.${key}`]));
  for (const { names, methods, sentences: told, expected } of [backtestEn, backtestZh]) {
    expect(Object.keys(names).filter((key) => !keys.has(key))).toEqual([]);
    expect(Object.keys(methods).filter((name) => !Object.hasOwn(ALGORITHMS, name))).toEqual([]);
    expect(Object.keys(told).filter((key) => !sentences.has(key))).toEqual([]);
    expect(Object.keys(expected).filter((key) => !keys.has(key))).toEqual([]);
  }
});

test('one of a thing is told in the singular', () => {
  expect([backtestEn.findings(1), backtestEn.findings(0)]).toEqual(['finding', 'findings']);
  expect(backtestEn.points('1', '0 s')).toBe('all 1 point of 0 s');
  expect(backtestEn.points('12', '5 min')).toBe('all 12 points of 5 min');
  expect(backtestEn.took('1', '3')).toBe('1 point in 3 ms');
  const { quiet } = en.answerKey;
  expect(quiet('0 %', '0', '1')).toMatch(/of 1 minute\)$/);
  expect(quiet('0 %', '0', '2')).toMatch(/of 2 minutes\)$/);
});
