// The sentence that says why a point was flagged: "P90 latency 3.1× the last 2 h's usual 82 ms, 5 points, above the
// least deviation of 100 %". Every figure in it comes from the evidence.
import type { EvidenceView, FindingView } from '#api/rest/contract.ts';
import type { Format, Language } from './format.ts';
import type { Messages } from './messages/index.ts';
import { metricWords } from './metric-words.ts';
import { recordedWithin, type Span } from './time-scale.ts';
import { unitOf } from './units.ts';

export interface Words {
  readonly language: Language;
  readonly format: Format;
  readonly messages: Messages;
}

/** Ratios beyond this are told as plain figures: 4000× of almost nothing says less than the two values. */
const LARGEST_RATIO = 1000;

export function evidenceSentence(evidence: EvidenceView, segments: readonly Span[], words: Words): string {
  const { format, messages } = words;
  const unit = unitOf(evidence.metricName);
  const metric = metricWords(evidence.metricName, words.language);
  const span = baselineSpan(evidence, segments, format);
  const { expected } = evidence;
  const ratio = timesUsual(evidence);
  const head =
    ratio !== undefined && ratio <= LARGEST_RATIO
      ? messages.evidence.times(metric, format.number(ratio), format.figure(expected, unit), span)
      : messages.evidence.plain(metric, format.figure(evidence.value, unit), format.figure(expected, unit), span);
  const parts = [head, messages.evidence.points(evidence.points)];
  const least = leastDeviation(evidence, words);
  if (least !== undefined) parts.push(least);
  return messages.evidence.join(parts);
}

/** How many times what is usual it was; not told of shares, and undefined where nothing is usual. */
function timesUsual({ metricName, value, expected }: EvidenceView): number | undefined {
  if (unitOf(metricName) === 'ratio' || expected === null || expected <= 0 || value < 0) return undefined;
  return value / expected;
}

/** How far off a finding was at its worst, for a line of a list: scores end at 100σ, and this tells such rows apart. */
export function peakWords({ peak, direction }: FindingView, { messages, format }: Words): string {
  const ratio = timesUsual(peak);
  return ratio === undefined ? messages.finding.direction[direction] : messages.evidence.factor(format.number(ratio));
}

function leastDeviation(evidence: EvidenceView, { format, messages }: Words): string | undefined {
  const guard =
    evidence.guards.find((g) => g.guard === 'relative') ?? evidence.guards.find((g) => g.guard === 'absolute');
  if (guard === undefined || typeof guard.limit !== 'number' || guard.limit === 0) return undefined;
  const limit =
    guard.guard === 'relative' ? format.percent(guard.limit) : format.figure(guard.limit, unitOf(evidence.metricName));
  return messages.evidence.least(limit, guard.passed);
}

/** How much recorded time the baseline holds, gaps left out; '' when it is not known. */
export function baselineSpan(evidence: EvidenceView, segments: readonly Span[], format: Format): string {
  const { fromMs, toMs } = evidence.baseline;
  if (fromMs === null || toMs === null || toMs <= fromMs) return '';
  return format.duration(roundLength(recordedWithin(segments, fromMs, toMs)));
}

/** A window of two hours holds 119 steps of a minute: lengths are told to five minutes once they are long. */
function roundLength(ms: number): number {
  const step = 5 * 60_000;
  return ms < 30 * 60_000 ? ms : Math.round(ms / step) * step;
}

/** What a guard says in words: those that it has of its own are told in the page's language. */
function guardText(guard: EvidenceView['guards'][number]['guard'], text: string, { guards }: Messages): string {
  const own: Readonly<Record<string, string>> = guard === 'denominator' ? guards.denominator : guards.directions;
  if (guard !== 'calendar') return own[text] ?? text;
  const calendar: Readonly<Record<string, string>> = guards.calendar;
  // Whole words alone: a time zone's name has others between its slashes.
  const known = new RegExp(`(?<![\\w/])(?:${Object.keys(calendar).join('|')})(?![\\w/])`, 'g');
  return text.replace(known, (word) => calendar[word] ?? word);
}

/** From ten times on a share of the expected value reads better as its multiple than in percent. */
const MANY_TIMES = 10;

/** One guard's figure in the unit it is about. */
export function guardFigure(
  guard: EvidenceView['guards'][number]['guard'],
  value: number | string,
  metricName: string,
  { format, messages }: Words,
): string {
  if (typeof value === 'string') return guardText(guard, value, messages);
  if (guard === 'relative') return Math.abs(value) >= MANY_TIMES ? `${format.number(value)}×` : format.percent(value);
  if (guard === 'absolute' || guard === 'range' || guard === 'ends') return format.figure(value, unitOf(metricName));
  return format.number(value);
}
