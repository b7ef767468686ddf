// Which pictures a report shows: of each detector the series in which it found most, as it was, and once more with the faults
// that were put into it.
import { MISSED_TEXT } from '#detect/caught-fault.ts';
import { entityOf, serviceOf } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import { familyKey, metricNameOf } from '#model/series.ts';
import type { KnownFault } from '#model/signal.ts';
import { formatMinute } from '../../tape-time.ts';
import type { JudgedInjection } from '../faults/judge-faults.ts';
import { percent } from '../gate.ts';
import type { Played } from '../play.ts';
import type { Chart, Mark } from './chart.ts';
import type { Trace, Traces } from './traces.ts';

/** More detectors than this have no picture. */
const MOST_PICTURED = 40;

export interface DetectorPictures {
  readonly detector: string;
  readonly clean: Chart;
  readonly faulty?: Chart;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The track of each detector that is drawn; ties go to the first by name. */
export function picturedTracks({ tracks, findings }: Played): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { detector, members } of findings) {
    for (const { series } of members) {
      const key = `${detector}|${series}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const chosen = new Map<string, string>();
  const sorted = [...tracks.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, detector } of sorted) {
    if (detector === '') continue;
    const best = chosen.get(detector);
    if (best === undefined && chosen.size >= MOST_PICTURED) continue;
    if (best === undefined || (counts.get(key) ?? 0) > (counts.get(best) ?? 0)) chosen.set(detector, key);
  }
  return chosen;
}

/** A run with faults, and what was found in it. */
export interface DrawnRound {
  readonly traces: Pick<Traces, 'all'>;
  readonly findings: readonly Finding[];
}

export interface PictureInput {
  readonly span: Span;
  readonly pictured: ReadonlyMap<string, string>;
  readonly clean: Pick<Traces, 'all'>;
  readonly findings: readonly Finding[];
  readonly known: readonly KnownFault[];
  /** Of the runs with faults, by their number. */
  readonly rounds: ReadonlyMap<number, DrawnRound>;
  readonly faults: readonly JudgedInjection[];
}

export function drawPictures(input: PictureInput): DetectorPictures[] {
  const { span, pictured, clean } = input;
  return [...pictured].flatMap(([detector, key]) => {
    const trace = clean.all.get(key);
    if (trace === undefined) return [];
    const { series, labels } = trace.track;
    const own = { ...span, trace, metricName: metricNameOf(labels) };
    const marks = [...findingMarks(input.findings, detector, series, span), ...knownMarks(input, trace)];
    const faulty = faultyChart(input, detector, trace);
    return [{ detector, clean: { ...own, title: series, marks }, ...(faulty && { faulty }) }];
  });
}

function findingMarks(findings: readonly Finding[], detector: string, series: string, span: Span): Mark[] {
  const own = findings.filter(
    (one) => one.detector === detector && one.members.some((member) => member.series === series),
  );
  return own.map(({ startMs, endMs = span.toMs, direction, opening, peak }) => ({
    ...{ fromMs: startMs, toMs: endMs, look: 'finding' },
    title: `finding, ${direction}: ${timeText(startMs)} to ${timeText(endMs)}, ${Math.abs(peak.score).toFixed(1)} sigmas at most, ${opening.algorithm}`,
  }));
}

function knownMarks({ known }: PictureInput, { track: { labels } }: Trace): Mark[] {
  const entity = entityOf(labels);
  const service = serviceOf(labels, entity);
  const own = known.filter((fault) => (entity.kind === 'pod' ? fault.pod === entity.name : fault.service === service));
  return own.map(({ timeMs, type }) => ({
    ...{ fromMs: timeMs, toMs: timeMs, look: 'known' },
    title: `known fault: ${type} at ${timeText(timeMs)}`,
  }));
}

/** The run in which its family had most faults. */
function faultyChart({ span, rounds, faults }: PictureInput, detector: string, { track }: Trace): Chart | undefined {
  const family = familyKey(track.labels);
  const own = faults.filter((one) => one.family === family && one.detectors.includes(detector));
  const byRound = Map.groupBy(own, ({ round }) => round);
  const [round, most] = [...byRound].sort(([a, some], [b, others]) => others.length - some.length || a - b)[0] ?? [];
  const drawn = round === undefined ? undefined : rounds.get(round);
  const trace = drawn?.traces.all.get(track.key);
  if (most === undefined || drawn === undefined || trace === undefined) return undefined;
  const found = findingMarks(drawn.findings, detector, track.series, span);
  const marks = most.map((fault): Mark => {
    const verdict = fault.verdicts.find((one) => one.detector === detector);
    const size = fault.size === 0 ? '' : ` of ${fault.size} sigmas`;
    const outcome = verdict?.caught
      ? `caught after ${((verdict.delayMs ?? 0) / 60_000).toFixed(1)} min`
      : `missed: ${verdict?.why === undefined ? '' : MISSED_TEXT[verdict.why]}`;
    const title = `${fault.kind}${size} from ${timeText(fault.fromMs)} to ${timeText(fault.toMs)}, ${outcome}`;
    return { fromMs: fault.fromMs, toMs: fault.toMs, look: verdict?.caught ? 'caught' : 'missed', title };
  });
  const caught = marks.filter(({ look }) => look === 'caught').length;
  const share = percent(caught / marks.length);
  const title = `${track.series} with ${marks.length} of the injected faults, ${caught} caught (${share})`;
  return { ...span, trace, metricName: metricNameOf(track.labels), title, marks: [...found, ...marks] };
}

/** `08-22 03:51`: the year is at the chart's ends. */
function timeText(timeMs: number): string {
  return formatMinute(timeMs).slice(5);
}
