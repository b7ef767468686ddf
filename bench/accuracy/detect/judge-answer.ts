// Figures of one method on one set, from answers and truth alone.

import { quantileOf } from '../judge.ts';
import { NAB_PROFILES, nabScore, nabScoreAt } from '../nab-score.ts';
import { anomalousRuns, labelsOf, type Run } from '../runs.ts';
import { areasOf } from '../vus.ts';
import { type Answer, type Part, partOf, type Recording } from './recording.ts';
import type { Truth } from './truth.ts';

export interface JudgedPart {
  readonly set: string;
  readonly path: string;
  readonly rows: number;
  /** NaN without labels, or without an anomaly. */
  readonly vusPr: number;
  readonly vusRoc: number;
  readonly aucPr: number;
  readonly anomalies: readonly (Run & { readonly kind?: string; readonly delayMs?: number })[];
  /** The answer says nothing of findings. */
  readonly isRankingOnly: boolean;
  /** Share of the rows outside anomalies with a finding open, findings that opened there, and how long that was; NaN of scores alone. */
  readonly redRatio: number;
  readonly falseFindings: number;
  readonly days: number;
  readonly columns: number;
  /** For NAB's score: of its own series only. */
  readonly nab:
    | { readonly scores: Float64Array; readonly openings: Float64Array; readonly windows: readonly Run[] }
    | undefined;
}

/** What the answer is worth on one part; what is not labelled is taken as quiet. */
export function judgePart(recording: Recording, part: Part, answer: Answer, truth: Truth | undefined): JudgedPart {
  const { scores, anomalous } = partOf(answer, part);
  const rows = part.to - part.from;
  const anomalies = truth?.anomalies ?? [];
  const isRankingOnly = answer.isRankingOnly === true;
  const known = isRankingOnly ? Number.NaN : 1;
  const labels = labelsOf(anomalies, rows);
  // What has no score is the least suspicious.
  const areas = areasOf(
    labels,
    scores.map((score) => (Number.isNaN(score) ? 0 : score)),
  );
  const timesMs = recording.timesMs.subarray(part.from, part.to);
  const opened = anomalousRuns(anomalous).map(({ first }) => first);
  const openings = new Float64Array(rows);
  for (const row of opened) openings[row] = 1;
  let red = 0;
  let quiet = 0;
  for (let row = 0; row < rows; row++) {
    if (labels[row] === 1) continue;
    quiet++;
    red += anomalous[row] as number;
  }
  return {
    ...{ set: recording.set, path: part.path, rows, isRankingOnly },
    ...{ vusPr: areas.vusPr, vusRoc: areas.vusRoc, aucPr: areas.aucPr },
    anomalies: anomalies.map((one) => ({ ...one, ...delayOf(one, anomalous, timesMs) })),
    redRatio: known * (red / quiet),
    falseFindings: known * opened.filter((row) => labels[row] === 0).length,
    days: (quiet * recording.stepMs) / 86_400_000,
    columns: recording.columns.length,
    nab: recording.set === 'nab' && truth !== undefined ? { scores, openings, windows: anomalies } : undefined,
  };
}

/** From the first row of the anomaly to the first within it that is red. */
function delayOf({ first, last }: Run, anomalous: Uint8Array, timesMs: Float64Array): { delayMs?: number } {
  const row = anomalous.subarray(first, last + 1).indexOf(1);
  return row < 0 ? {} : { delayMs: (timesMs[first + row] as number) - (timesMs[first] as number) };
}

export interface SetFigures {
  readonly parts: readonly JudgedPart[];
  /** Of the series that have anomalies. */
  readonly scored: number;
  readonly vusPr: number;
  readonly vusPrMedian: number;
  readonly vusRoc: number;
  readonly aucPr: number;
  readonly nabStandard: number;
  readonly nabLowFalsePositives: number;
  /** With the findings as detections, and no threshold chosen afterwards. NaN, as all of findings, of scores alone. */
  readonly nabFindings: number;
  readonly anomalies: number;
  readonly found: number;
  readonly delayMedianMs: number;
  readonly delayP90Ms: number;
  readonly redRatio: number;
  /** False findings a file and day. */
  readonly falseFindings: number;
}

export function figuresOf(parts: readonly JudgedPart[]): SetFigures {
  const scored = parts.filter(({ vusPr }) => !Number.isNaN(vusPr));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const anomalies = parts.flatMap((part) => part.anomalies);
  const delays = anomalies.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs]));
  const nab = parts.flatMap((part) => (part.nab === undefined ? [] : [part.nab]));
  const openings = nab.map((one) => ({ scores: one.openings, windows: one.windows }));
  const redRatio = mean(parts.map((part) => part.redRatio));
  const isRankingOnly = parts.some((part) => part.isRankingOnly);
  return {
    parts,
    scored: scored.length,
    vusPr: mean(scored.map(({ vusPr }) => vusPr)),
    vusPrMedian: quantileOf(
      scored.map(({ vusPr }) => vusPr),
      0.5,
    ),
    vusRoc: mean(scored.map(({ vusRoc }) => vusRoc)),
    aucPr: mean(scored.map(({ aucPr }) => aucPr)),
    nabStandard: nabScore(nab, NAB_PROFILES.standard).score,
    nabLowFalsePositives: nabScore(nab, NAB_PROFILES.lowFalsePositives).score,
    nabFindings: isRankingOnly ? Number.NaN : nabScoreAt(openings, 1, NAB_PROFILES.standard),
    anomalies: anomalies.length,
    found: isRankingOnly ? Number.NaN : delays.length,
    delayMedianMs: quantileOf(delays, 0.5),
    delayP90Ms: quantileOf(delays, 0.9),
    redRatio,
    falseFindings:
      parts.reduce((sum, part) => sum + part.falseFindings, 0) / parts.reduce((sum, part) => sum + part.days, 0),
  };
}
