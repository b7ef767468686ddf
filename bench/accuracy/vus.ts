// How well scores rank the anomalous points of one series, whatever the threshold: the volumes under the ROC and the
// precision-recall surface (VUS; Paparrizos et al., "Volume under the surface", VLDB 2022), which forgive a score that is
// a little early or late, and the plain areas beside them. The surface is the mean over the windows 0..W; labels fall off
// by a square root on both sides of an anomaly. As the authors' own code: 250 thresholds, recall times the share of
// anomalies touched. Their predictions are nested, so that each point counts from one threshold on: a window costs a
// pass over the points near anomalies instead of one over all of them for each threshold.
import { anomalousRuns, nearRuns, type Run, widened } from './runs.ts';

/** NaN without an anomalous, or without a normal, point. */
export interface Areas {
  readonly vusPr: number;
  readonly vusRoc: number;
  /** Average precision, ties at once, and the area under the ROC curve. */
  readonly aucPr: number;
  readonly aucRoc: number;
}

/** Windows up to this many points, as is usual where no period is known. */
export const VUS_WINDOW = 100;
const THRESHOLDS = 250;

/** `labels` are 0 or 1; `scores` are finite, and larger is more anomalous. */
export function areasOf(labels: ArrayLike<number>, scores: Float64Array, window = VUS_WINDOW): Areas {
  const runs = anomalousRuns(labels);
  const anomalous = runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (anomalous === 0 || anomalous === scores.length) {
    return { vusPr: Number.NaN, vusRoc: Number.NaN, aucPr: Number.NaN, aucRoc: Number.NaN };
  }
  const descending = Float64Array.from(scores).sort().reverse();
  const surface = createSurface(scores, descending, runs, window >> 1);
  let pr = 0;
  let roc = 0;
  for (let width = 0; width <= window; width++) {
    const areas = surface.areasAt(width);
    pr += areas.pr;
    roc += areas.roc;
  }
  return { vusPr: pr / (window + 1), vusRoc: roc / (window + 1), ...plainAreas(labels, scores, anomalous) };
}

/** What does not depend on the width, and the areas at one. */
function createSurface(scores: Float64Array, descending: Float64Array, runs: readonly Run[], reach: number) {
  const count = scores.length;
  const thresholds = Float64Array.from(
    { length: THRESHOLDS },
    (_, k) => descending[Math.floor(k * ((count - 1) / (THRESHOLDS - 1)))] as number,
  );
  // The first threshold at which a point is predicted; from there on it always is.
  const from = Uint8Array.from(scores, (score) => firstReached(thresholds, score));
  const predicted = new Float64Array(THRESHOLDS);
  for (const k of from) predicted[k] = (predicted[k] as number) + 1;
  const within = new Float64Array(THRESHOLDS);
  for (const { first, last } of runs) for (let i = first; i <= last; i++) add(within, from[i] as number, 1);
  accumulate(predicted);
  accumulate(within);
  const anomalous = within[THRESHOLDS - 1] as number;
  const near = nearRuns(runs, reach, count);
  const weights = new Float64Array(count);
  const around = new Float64Array(THRESHOLDS);
  const touched = new Float64Array(THRESHOLDS);

  function areasAt(width: number): { pr: number; roc: number } {
    around.fill(0);
    touched.fill(0);
    for (const run of runs) fallOff(weights, run, width);
    for (const i of near) {
      add(around, from[i] as number, Math.min(1, weights[i] as number));
      weights[i] = 0;
    }
    for (const { first, last } of runs) weights.fill(0, first, last + 1);
    const wide = widened(runs, width >> 1, count);
    for (const run of wide) add(touched, earliest(from, run), 1 / wide.length);
    accumulate(around);
    accumulate(touched);
    return areasUnder({ count, anomalous, predicted, within, around, touched });
  }
  return { areasAt };
}

interface Counts {
  readonly count: number;
  readonly anomalous: number;
  /** By threshold: points predicted, of them anomalous ones, weights of those near one, share of anomalies touched. */
  readonly predicted: Float64Array;
  readonly within: Float64Array;
  readonly around: Float64Array;
  readonly touched: Float64Array;
}

function areasUnder({ count, anomalous, predicted, within, around, touched }: Counts): { pr: number; roc: number } {
  let pr = 0;
  let roc = 0;
  let lastRecall = 0;
  let lastFalse = 0;
  for (let k = 0; k < THRESHOLDS; k++) {
    const weighted = around[k] as number;
    const hits = (within[k] as number) + weighted;
    const positives = anomalous + weighted / 2;
    const recall = Math.min(1, hits / positives) * (touched[k] as number);
    const falseRate = ((predicted[k] as number) - hits) / (count - positives);
    pr += (recall - lastRecall) * (hits / (predicted[k] as number));
    roc += ((falseRate - lastFalse) * (recall + lastRecall)) / 2;
    lastRecall = recall;
    lastFalse = falseRate;
  }
  return { pr, roc: roc + ((1 - lastFalse) * (1 + lastRecall)) / 2 };
}

/** Adds the weights that `run` lends to the points beside it. */
function fallOff(weights: Float64Array, { first, last }: Run, width: number): void {
  const reach = width >> 1;
  for (let i = last + 1; i <= Math.min(last + reach, weights.length - 1); i++) {
    add(weights, i, Math.sqrt(1 - (i - last) / width));
  }
  for (let i = Math.max(first - reach, 0); i < first; i++) add(weights, i, Math.sqrt(1 - (first - i) / width));
}

function earliest(from: Uint8Array, { first, last }: Run): number {
  let least = THRESHOLDS - 1;
  for (let i = first; i <= last; i++) least = Math.min(least, from[i] as number);
  return least;
}

/** The first of the descending thresholds that `score` reaches; the last one is the least score. */
function firstReached(thresholds: Float64Array, score: number): number {
  let low = 0;
  let high = thresholds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (score >= (thresholds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function add(to: Float64Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value;
}

function accumulate(values: Float64Array): void {
  for (let k = 1; k < values.length; k++) add(values, k, values[k - 1] as number);
}

function plainAreas(labels: ArrayLike<number>, scores: Float64Array, anomalous: number) {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const normal = scores.length - anomalous;
  let hits = 0;
  let misses = 0;
  let precision = 0;
  let area = 0;
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at] as number];
    const hitsBefore = hits;
    const missesBefore = misses;
    for (; at < order.length && scores[order[at] as number] === score; at++) {
      if (labels[order[at] as number] === 1) hits++;
      else misses++;
    }
    precision += ((hits - hitsBefore) / anomalous) * (hits / (hits + misses));
    area += (((misses - missesBefore) / normal) * (hits + hitsBefore)) / 2 / anomalous;
  }
  return { aucPr: precision, aucRoc: area };
}
