// What a target exposes: Prometheus' text format 0.0.4 and OpenMetrics 1.0, as samples with their labels, and which of them
// count up. Exemplars are passed over; OpenMetrics without its last line is half an answer and refused.
import { AppError } from '#kit/errors.ts';
import type { Labels } from '#model/series.ts';
import { readSampleLine } from './sample-line.ts';

export interface ExposedSample {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly value: number;
  /** Where the target says it, which it seldom does. */
  readonly timeMs?: number;
  /** Whether it counts up: counters, and what histograms and summaries count. */
  readonly isCounter: boolean;
}

export interface ExpositionOptions {
  /** Who exposes it, for messages. */
  readonly target: string;
  /** `application/openmetrics-text…` is OpenMetrics; whatever else is the older format. */
  readonly contentType?: string;
  /** Of those that are wanted. */
  readonly maxSamples: number;
  /** Names of metrics; lines of others are passed over unread. All of them unless told. */
  readonly wanted?: ReadonlySet<string>;
}

/** In OpenMetrics the family's name lacks what its samples end in. */
const COUNTING: Readonly<Record<string, readonly string[]>> = {
  counter: ['', '_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
  info: [],
};
/** A name that is not in quotes; what follows it ends it. */
const PLAIN_NAME = /^[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)/;
const TYPE_LINE = /^#[ \t]+TYPE[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))[ \t]+(\w+)[ \t]*$/;

/** Throws `bad-input` naming the line, or `too-much` naming the number. NaN and ±Inf are NaN. */
export function parseExposition(text: string, options: ExpositionOptions): ExposedSample[] {
  const { target, contentType = '', maxSamples, wanted } = options;
  const isOpenMetrics = /^\s*application\/openmetrics-text/i.test(contentType);
  const counters = new Set<string>();
  const samples: ExposedSample[] = [];
  let lineNumber = 0;
  let isEnded = false;
  for (const line of linesOf(text)) {
    lineNumber++;
    if (isEnded && line !== '') throw malformed(target, lineNumber, 'something follows behind "# EOF"');
    if (line.startsWith('#')) {
      isEnded = isOpenMetrics && line === '# EOF';
      const [, quoted, plain = '', type = ''] = TYPE_LINE.exec(line) ?? [];
      const endings = Object.hasOwn(COUNTING, type) ? COUNTING[type] : [];
      for (const ending of endings ?? []) counters.add(`${quoted ?? plain}${ending}`);
      continue;
    }
    if (line.trim() === '') continue;
    const [, plainName] = wanted === undefined ? [] : (PLAIN_NAME.exec(line) ?? []);
    if (plainName !== undefined && wanted?.has(plainName) === false) continue;
    const sample = readSampleLine(line);
    if (typeof sample === 'string') throw malformed(target, lineNumber, sample);
    if (wanted?.has(sample.labels.__name__ ?? '') === false) continue;
    if (samples.length === maxSamples) {
      throw new AppError(
        'too-much',
        `${target} exposes more than ${maxSamples} samples of what is watched: choose a metric with fewer labels`,
      );
    }
    const { labels, value, time } = sample;
    samples.push({
      labels,
      value,
      // Seconds in the newer format, milliseconds in the older.
      ...(time === undefined ? {} : { timeMs: isOpenMetrics ? Math.round(time * 1000) : time }),
      isCounter: counters.has(labels.__name__ ?? ''),
    });
  }
  if (isOpenMetrics && !isEnded) {
    const message = `what ${target} exposes has no "# EOF" at its end: it broke off, and nothing of it is used`;
    throw new AppError('unavailable', message, { retryable: true });
  }
  return samples;
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, to > from && text[to - 1] === '\r' ? to - 1 : to);
    from = to + 1;
  }
}

function malformed(target: string, line: number, what: string): AppError {
  return new AppError(
    'bad-input',
    `line ${line} of what ${target} exposes cannot be read (${what}): are these metrics?`,
  );
}
