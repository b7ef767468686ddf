// What someone who cuts a tape should know of the part: a detector without a past sees nothing for a while, and labels of
// a service leave out the calls between services.
import { type Labels, matchesLabels } from '#model/series.ts';
import type { TapeInfo } from '#tape/contract.ts';
import type { NewTapeHeader } from '#tape/writer.ts';

/** About what a baseline needs before it can tell what is usual. */
const HISTORY_MS = 2 * 3_600_000;

/** Lines to print, none when there is nothing to say. */
export function cutNotes(tape: TapeInfo, part: NewTapeHeader, match: Labels): string[] {
  return [historyNote(tape, part), callsNote(tape, match)].filter((note) => note !== undefined);
}

function historyNote({ header }: TapeInfo, part: NewTapeHeader): string | undefined {
  if (part.fromMs <= header.fromMs) return undefined;
  const [what, timeMs] = firstOfInterest(part);
  const minutes = Math.floor(historyMs(part, timeMs) / 60_000);
  if (timeMs === Number.POSITIVE_INFINITY || minutes * 60_000 >= HISTORY_MS) return undefined;
  return `Note: ${minutes} minutes of history before ${what}; detectors will need about two hours before they see anything: choose an earlier --from.`;
}

/** The first fault, or where there is none the first stretch that is not warm-up. */
function firstOfInterest({ answerKey, segments, fromMs }: NewTapeHeader): readonly [what: string, timeMs: number] {
  const earliest = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b), Infinity);
  if (answerKey.length > 0) return ['the first fault', earliest(answerKey.map(({ timeMs }) => timeMs))];
  if (segments.length === 0) return ['the part begins', fromMs];
  return ['the first segment to watch', earliest(segments.filter(({ warmUp }) => !warmUp).map((own) => own.fromMs))];
}

/** How much of the recording lies before `timeMs`; between segments there is none. */
function historyMs({ fromMs, toMs, segments }: NewTapeHeader, timeMs: number): number {
  const stretches = segments.length === 0 ? [{ fromMs, toMs }] : segments;
  return stretches.reduce((sum, own) => sum + Math.max(0, Math.min(own.toMs, timeMs) - own.fromMs), 0);
}

function callsNote({ series }: TapeInfo, match: Labels): string | undefined {
  const calls = series.filter(({ labels }) => labels.source !== undefined && labels.destination !== undefined);
  const dropped = calls.filter(({ labels }) => !matchesLabels(labels, match)).length;
  if (dropped === 0) return undefined;
  return `Note: --match leaves out ${dropped} of ${calls.length} series of calls between services; no finding will name those calls.`;
}
