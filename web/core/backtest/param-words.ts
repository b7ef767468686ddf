// A parameter in the reader's words: its name, its sentence, its values. What nobody translated says what the declaration
// says, so that a new method needs no words here.
import type { Param } from '#detect/contract.ts';
import { type Format, withUnit } from '../format.ts';
import type { BacktestMessages } from '../messages/backtest.ts';
import type { Unit } from '../units.ts';
import { readQuantity } from './quantity.ts';
import { fits } from './settings.ts';
import type { NumberParam } from './stops.ts';

export type TextParam = Extract<Param, { readonly kind: 'text' }>;

export interface ParamWords {
  readonly name: string;
  readonly sentence: string;
  /** Whether the sentence is the declaration's own, in English. */
  readonly isForeign: boolean;
  /** What a text must be; empty for what is no text. */
  readonly expected: string;
  /** Why a number must not be less than its least; absent: that it must not says enough. */
  readonly tooLow?: string;
  /** A value as it is told. */
  value(value: number | string | boolean): string;
}

export interface WordsOf {
  readonly messages: BacktestMessages;
  readonly format: Format;
  /** Of the metric: for what is measured in it. */
  readonly unit: Unit;
  readonly isEnglish: boolean;
}

/** Measured as the metric is. */
const OF_METRIC = new Set(['minAbsoluteDeviation', 'rangeMin', 'rangeMax', 'above', 'below']);

export function paramWords(
  method: string,
  key: string,
  param: Param,
  { messages, format, unit, isEnglish }: WordsOf,
): ParamWords {
  const given = own(messages.sentences, `${method}.${key}`) ?? own(messages.sentences, key);
  const words: ParamWords = {
    name: own(messages.names, key) ?? spelt(key),
    sentence: given ?? param.summary,
    isForeign: given === undefined && !isEnglish,
    expected: param.kind === 'text' ? (own(messages.expected, key) ?? param.expected) : '',
    value(value) {
      if (typeof value === 'string')
        return own(messages.choices, `${key}.${value}`) ?? own(messages.choices, value) ?? value;
      if (typeof value === 'boolean') return String(value);
      if (OF_METRIC.has(key)) return format.figure(value, unit);
      const declared = param.kind === 'number' ? param.unit : undefined;
      // A duration has no sign of its own.
      if (declared === 'ms') return `${value < 0 ? '−' : ''}${format.duration(Math.abs(value))}`;
      if (declared === 'points') return messages.count(format.number(value), value === 1);
      if (declared === 'ratio') return format.percent(value);
      return withUnit(format.number(value), own(messages.units, declared ?? '') ?? declared ?? '');
    },
  };
  if (key !== 'persistenceOf' || param.kind !== 'number' || param.min === undefined) return words;
  return { ...words, tooLow: messages.fewerThanPoints(words.value(param.min)) };
}

/** What is wrong with a number as it was typed; undefined where nothing is, as of an empty one. */
export function numberProblem(
  param: NumberParam,
  typed: string,
  { value, tooLow }: ParamWords,
  messages: BacktestMessages,
): string | undefined {
  if (typed.trim() === '') return undefined;
  const { min, max, unit, integer = false } = param;
  const read = readQuantity(typed, unit);
  if (read === undefined) return unit === 'ms' ? messages.notLength : messages.notNumber;
  if (fits(param, read)) return undefined;
  const span = messages.span(min === undefined ? '−∞' : value(min), max === undefined ? '∞' : value(max));
  if (integer && !Number.isInteger(read)) return messages.notWhole(span);
  return min !== undefined && read < min && tooLow !== undefined ? tooLow : messages.outOf(span);
}

/** What is wrong with a text, in the words of what is expected; undefined where nothing is, as of an empty one. */
export function textProblem(param: TextParam, text: string, { expected }: ParamWords): string | undefined {
  if (text === '' || fits(param, text)) return undefined;
  // What only the declaration knows is told in its words; of a translation there is what would be right.
  return expected === param.expected ? (param.problem(text) ?? `expected ${expected}`) : expected;
}

/** The sentence of a broken rule, in the reader's words where somebody translated it. */
export function problemIn(problem: string | undefined, { rules }: BacktestMessages): string | undefined {
  return problem === undefined ? undefined : (own(rules, problem) ?? problem);
}

/** `spreadHalfLifeMs` → `Spread half life`. */
function spelt(key: string): string {
  const words = key.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
