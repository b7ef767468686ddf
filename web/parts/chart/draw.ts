// What a chart draws beside its lines: stretches in which a finding was open, breaks of the recording, and the ribbon
// of scores on top. Plain functions on a canvas; the colours of state are used for findings alone.
import type uPlot from 'uplot';
import type { ChartData } from '../../core/chart-data.ts';
import type { TimeScale } from '../../core/time-scale.ts';
import { type Palette, STATE_COLOURS } from '../../theme.ts';

/** Height of the ribbon and its distance from the plot, in CSS pixels. */
export const RIBBON = { height: 8, gap: 4 } as const;
const LANE_HEIGHT = 5;

export interface Drawing {
  readonly chart: ChartData;
  readonly scores: readonly (number | null)[];
  readonly threshold: number;
  readonly stepMs: number;
  readonly scale: TimeScale;
  readonly palette: Palette;
  /** Where another setting was red, in drawn time: a lane at the bottom. */
  readonly beside: readonly { readonly fromX: number; readonly toX: number }[];
  /** What the reader has put there, in drawn time. */
  readonly marked: { readonly fromX: number; readonly toX: number } | undefined;
}

/** Behind the lines: where a finding was open, and what was not recorded. */
export function drawGround(plot: uPlot, { chart, scale, palette }: Drawing): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = palette.redSoft;
  for (const { fromX, toX } of chart.open) {
    const [left, right] = [plot.valToPos(fromX, 'x', true), plot.valToPos(toX, 'x', true)];
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  for (const gap of scale.gaps) {
    const [left, right] = [plot.valToPos(gap.fromX, 'x', true), plot.valToPos(gap.toX, 'x', true)];
    hatch(ctx, left, bbox.top, right - left, bbox.height, palette.line);
  }
  ctx.restore();
}

/** Dashed lines where what the reader put there begins and ends: no colour of state. */
export function drawMark(plot: uPlot, { marked, stepMs, palette }: Drawing): void {
  if (marked === undefined) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const x of [marked.fromX - stepMs, marked.toX]) {
    const left = Math.round(plot.valToPos(x, 'x', true)) + 0.5;
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
}

/** At the bottom of the plot, in a colour that is no state: the other setting is not what is judged. */
export function drawLane(plot: uPlot, { beside, stepMs, palette }: Drawing): void {
  const { ctx, bbox } = plot;
  const height = LANE_HEIGHT * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = palette.control;
  for (const { fromX, toX } of beside) {
    const left = Math.max(bbox.left, plot.valToPos(fromX - stepMs, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toX, 'x', true));
    if (right >= left) ctx.fillRect(left, bbox.top + bbox.height - height, Math.max(2, right - left), height);
  }
  ctx.restore();
}

function hatch(
  ctx: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: string,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  const step = 6 * devicePixelRatio;
  for (let x = left - height; x < left + width; x += step) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/**
 * Above the plot, a cell a pixel: how strong the strongest score in it is against the threshold in a neutral colour, red
 * where a finding was open. A strong score alone is no colour of state, for the guards decide.
 */
export function drawRibbon(plot: uPlot, drawing: Drawing): void {
  const { ctx, bbox } = plot;
  const { palette } = drawing;
  const height = RIBBON.height * devicePixelRatio;
  const top = bbox.top - height - RIBBON.gap * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = palette.sunken;
  ctx.fillRect(bbox.left, top, bbox.width, height);
  ctx.fillStyle = palette.muted;
  for (const [pixel, strength] of strengths(plot, drawing).entries()) {
    if (strength < FAINT) continue;
    ctx.globalAlpha = strength * strength;
    ctx.fillRect(bbox.left + pixel, top, 1, height);
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = STATE_COLOURS.red;
  for (const { fromX, toX } of drawing.chart.open) {
    const left = Math.max(bbox.left, plot.valToPos(fromX, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toX, 'x', true));
    if (right > left) ctx.fillRect(left, top, Math.max(1, right - left), height);
  }
  ctx.restore();
}

/** Scores weaker than this share of the threshold are not drawn. */
const FAINT = 0.25;

/** For each pixel of the plot the largest |score| ÷ threshold of the samples that cover it, at most 1. */
function strengths(plot: uPlot, { chart, scores, threshold, stepMs }: Drawing): Float32Array {
  const { bbox } = plot;
  const width = Math.ceil(bbox.width);
  const found = new Float32Array(width);
  const [fromX, toX] = [plot.posToVal(0, 'x'), plot.posToVal(bbox.width / devicePixelRatio, 'x')];
  const pixels = bbox.width / (toX - fromX || 1);
  for (let i = 0; i < chart.rows.length; i++) {
    const row = chart.rows[i] ?? -1;
    const score = row < 0 ? null : (scores[row] ?? null);
    const x = chart.x[i] ?? 0;
    if (score === null || x < fromX || x - stepMs > toX) continue;
    const strength = Math.min(1, Math.abs(score) / threshold);
    if (strength < FAINT) continue;
    const first = Math.max(0, Math.floor((x - stepMs - fromX) * pixels));
    const end = Math.min(width, Math.ceil((x - fromX) * pixels));
    for (let pixel = first; pixel < end; pixel++) if (strength > (found[pixel] ?? 0)) found[pixel] = strength;
  }
  return found;
}
