// Figures, lengths of time and moments as words, in the reader's language and time zone. A number that is not there is
// an en dash. Groups of digits are parted by a narrow space, in either language.
import { scaleFor, type Unit } from './units.ts';

export type Language = 'en' | 'zh';

export interface Format {
  /** Three significant digits, or whole when it is 100 or more. */
  number(value: number): string;
  figure(value: number | null | undefined, unit: Unit, decimals?: number): string;
  /** A score with its sign, in sigmas; scores are kept up to ±100. */
  sigma(score: number | null | undefined): string;
  percent(ratio: number): string;
  duration(ms: number): string;
  ago(ms: number, nowMs: number): string;
  /** 05:18 */
  time(ms: number): string;
  /** 05:18:20 */
  clock(ms: number): string;
  /** 22 Aug 2022 */
  date(ms: number): string;
  /** 22 Aug */
  day(ms: number): string;
  /** 22 Aug, 05:18 */
  moment(ms: number): string;
  /** 2022-08-22 05:18:20 UTC */
  utc(ms: number): string;
  /** The reader's zone at that moment. */
  zone(ms: number): string;
}

export const ABSENT = '–';
const THIN = '\u202f';

const UNIT_WORDS = {
  en: { s: 's', min: 'min', h: 'h', d: 'd' },
  zh: { s: '秒', min: '分钟', h: '小时', d: '天' },
} as const;

/** Symbols that are words. */
const SYMBOL_WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {},
  zh: { cores: '核', millicores: '毫核' },
};

export function createFormat(language: Language, timeZone?: string): Format {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const zone = timeZone === undefined ? {} : { timeZone };
  const dates = (options: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
    const format = new Intl.DateTimeFormat(locale, { ...zone, ...options });
    return (ms) => (Number.isFinite(ms) ? format.format(ms) : ABSENT);
  };
  const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const duration = (ms: number): string => durationWords(ms, UNIT_WORDS[language]);
  return {
    number: (value) => formatNumber(value),
    figure: (value, unit, decimals) => figure(value, unit, SYMBOL_WORDS[language], decimals),
    sigma: (score) => (isFigure(score) ? sigmas(score) : ABSENT),
    percent,
    duration,
    ago: (ms, nowMs) => agoWords(nowMs - ms, duration, language),
    time: dates(hours),
    clock: dates({ ...hours, second: '2-digit' }),
    date: dates({ day: 'numeric', month: 'short', year: 'numeric' }),
    day: dates({ day: 'numeric', month: 'short' }),
    moment: dates({ day: 'numeric', month: 'short', ...hours }),
    utc: (ms) =>
      Number.isFinite(ms)
        ? `${new Date(ms)
            .toISOString()
            .replace('T', ' ')
            .replace(/\.\d+Z$/, '')} UTC`
        : ABSENT,
    zone: (ms) => zoneName(ms, locale, zone),
  };
}

/** With at most two decimals, for shares of a whole. */
function percent(ratio: number): string {
  return figure(Math.round(ratio * 10_000) / 10_000, 'ratio');
}

/** `decimals` in place of so many that three digits are significant. */
export function formatNumber(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return ABSENT;
  const size = Math.abs(value);
  if (size >= 1e15 || (decimals === undefined && size !== 0 && size < 1e-4)) return minus(value.toExponential(1));
  const digits = decimals ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const grouped = size >= 10_000 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN) : whole;
  const rest = fraction?.replace(/0+$/, '');
  return minus(rest ? `${grouped}.${rest}` : grouped);
}

function figure(
  value: number | null | undefined,
  unit: Unit,
  words: Readonly<Record<string, string>> = SYMBOL_WORDS.en,
  decimals?: number,
): string {
  if (!isFigure(value)) return ABSENT;
  const { factor, symbol } = scaleFor(value, unit);
  return withUnit(formatNumber(value / factor, decimals), words[symbol] ?? symbol);
}

/** Kubernetes' own spelling has no space before it: 33Mi; other units have a narrow one. */
export function withUnit(number: string, symbol: string): string {
  if (symbol === '') return number;
  return /^[KMGT]i/.test(symbol) ? `${number}${symbol}` : `${number}${THIN}${symbol}`;
}

const MOST_SIGMAS = 100;

function sigmas(score: number): string {
  if (Math.abs(score) >= MOST_SIGMAS) return score > 0 ? `≥${THIN}${MOST_SIGMAS}σ` : `≤${THIN}−${MOST_SIGMAS}σ`;
  return `${score > 0 ? '+' : ''}${minus(score.toFixed(1))}σ`;
}

function minus(text: string): string {
  return text.replace('-', '−');
}

function isFigure(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function durationWords(ms: number, words: { s: string; min: string; h: string; d: string }): string {
  if (!Number.isFinite(ms)) return ABSENT;
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 120) return `${seconds}${THIN}${words.s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes}${THIN}${words.min}`;
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), words.h, minutes % 60, words.min);
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), words.d, hours % 24, words.h);
}

function pair(big: number, bigWord: string, small: number, smallWord: string): string {
  const head = `${formatNumber(big)}${THIN}${bigWord}`;
  return small === 0 ? head : `${head} ${small}${THIN}${smallWord}`;
}

function agoWords(ms: number, duration: (ms: number) => string, language: Language): string {
  if (!Number.isFinite(ms)) return ABSENT;
  if (Math.abs(ms) < 1000) return language === 'zh' ? '刚刚' : 'just now';
  if (language === 'zh') return ms > 0 ? `${duration(ms)}前` : `${duration(ms)}后`;
  return ms > 0 ? `${duration(ms)} ago` : `in ${duration(ms)}`;
}

function zoneName(ms: number, locale: string, zone: { timeZone?: string }): string {
  const parts = new Intl.DateTimeFormat(locale, { ...zone, timeZoneName: 'short' }).formatToParts(
    Number.isFinite(ms) ? ms : 0,
  );
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}
