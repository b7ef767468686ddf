// One line of an exposition: `name{label="value",…} value [time] [# exemplar]`, and with the name in quotes within the
// braces, as names of any letters are written.
import type { Labels } from '#model/series.ts';

export interface SampleLine {
  readonly labels: Labels;
  readonly value: number;
  /** As written. */
  readonly time?: number;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const GAP = /[ \t]*/y;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(inf|infinity|nan)$/i;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** The sample, or what is wrong with the line. */
export function readSampleLine(line: string): SampleLine | string {
  const labels: Record<string, string> = {};
  const start = match(GAP, line, 0).length;
  const name = match(NAME, line, start);
  let at = skipGap(line, start + name.length);
  if (name !== '') labels.__name__ = name;
  if (line[at] === '{') {
    const end = readLabels(line, at + 1, labels);
    if (typeof end === 'string') return end;
    at = end;
  } else if (name === '') return 'it begins with no name';
  if (labels.__name__ === undefined) return 'it has no name';
  // Only an exemplar begins with this sign here.
  const [rest = ''] = line.slice(at).split('#', 1);
  const [valueText = '', timeText, more] = rest.trim().split(/[ \t]+/);
  const value = numberOf(valueText);
  if (value === undefined) return `"${valueText.slice(0, 40)}" is no number`;
  if (more !== undefined) return `"${more.slice(0, 40)}" follows behind the time`;
  if (timeText === undefined) return { labels, value };
  const time = numberOf(timeText);
  return time === undefined || Number.isNaN(time) ? `"${timeText.slice(0, 40)}" is no time` : { labels, value, time };
}

/** Where the braces end, or what is wrong within them. */
function readLabels(line: string, from: number, labels: Record<string, string>): number | string {
  let at = skipGap(line, from);
  while (line[at] !== '}') {
    const plain = match(LABEL_NAME, line, at);
    const quoted = plain === '' ? match(QUOTED, line, at) : '';
    if (plain === '' && quoted === '') return 'a label has no name';
    const label = plain === '' ? unescaped(quoted) : plain;
    at = skipGap(line, at + plain.length + quoted.length);
    if (line[at] === '=') {
      at = skipGap(line, at + 1);
      const value = match(QUOTED, line, at);
      if (value === '') return `the value of the label ${label.slice(0, 40)} is not in quotes, or they do not close`;
      // An assignment to `__proto__` would be none.
      Object.defineProperty(labels, label, {
        value: unescaped(value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
      at = skipGap(line, at + value.length);
    } else if (quoted !== '' && labels.__name__ === undefined) labels.__name__ = label;
    else return `the label ${label.slice(0, 40)} has no value`;
    if (line[at] === ',') at = skipGap(line, at + 1);
    else if (line[at] !== '}') return 'the labels do not end';
  }
  return at + 1;
}

function match(pattern: RegExp, line: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? '';
}

function skipGap(line: string, at: number): number {
  return at + match(GAP, line, at).length;
}

/** Any other letter behind a backslash is itself, with the backslash. */
function unescaped(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (both, letter: string) => ESCAPES[letter] ?? both);
}

function numberOf(text: string): number | undefined {
  if (NOT_FINITE.test(text)) return Number.NaN;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
