// One series drawn by uPlot: value, expectation and band over drawn time. Charts of a page share crosshair and range.
// This file is a chunk of its own, loaded when a chart is first shown.
import styled from '@emotion/styled';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { SeriesData } from '#api/rest/contract.ts';
import { axisLabels } from '../../core/axis-labels.ts';
import { type ChartData, toChartData, yExtent } from '../../core/chart-data.ts';
import type { Format } from '../../core/format.ts';
import { MINUTE } from '../../core/strip.ts';
import { type Span, type TimeScale, ticks } from '../../core/time-scale.ts';
import type { Unit } from '../../core/units.ts';
import type { Palette } from '../../theme.ts';
import { usePalette, useWidth, useWords } from '../services.ts';
import { type Drawing, drawGround, drawLane, drawMark, drawRibbon, RIBBON } from './draw.ts';

export interface PlotProps {
  readonly data: SeriesData;
  readonly scale: TimeScale;
  /** In drawn time. */
  readonly from: number;
  readonly to: number;
  readonly unit: Unit;
  readonly group: string;
  readonly label: string;
  /** In CSS pixels. */
  readonly height: number;
  /** Where another setting was red. */
  readonly beside?: readonly Span[];
  /** What the reader has put there, of its first to its last sample. */
  readonly marked?: Span;
  /** The sample under the crosshair, or undefined. */
  readonly onCursor: (row: number | undefined) => void;
  readonly onZoom: (from: number, to: number) => void;
  readonly onReset: () => void;
  /** The canvas, for the PNG. */
  readonly onCanvas: (canvas: HTMLCanvasElement | undefined) => void;
}

/** Steps of an axis in bytes, so that its labels are round in Ki, Mi and Gi. */
const POWERS_OF_TWO = Array.from({ length: 60 }, (_, i) => 2 ** i);
/** Which of uPlot's series is the value; the first is time. */
const VALUE = 4;

const Box = styled.div({
  minWidth: 0,
  overflow: 'hidden',
  '.u-cursor-x': { borderRight: '1px solid var(--control)' },
  '.u-select': { background: 'var(--accent)', opacity: 0.15 },
});

export default function Plot(props: PlotProps) {
  const [measure, width] = useWidth<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const palette = usePalette();
  const { format } = useWords();
  const { data, scale, from, to, unit, group, label, height, beside, marked } = props;
  const lane = useMemo(
    () => (beside ?? []).map(({ fromMs, toMs }) => ({ fromX: scale.toX(fromMs), toX: scale.toX(toMs) })),
    [beside, scale],
  );
  const chart = useMemo(() => toChartData(data, scale), [data, scale]);
  const extent = useMemo(() => yExtent(data), [data]);
  const drawing: Drawing = {
    chart,
    scores: data.scores,
    threshold: data.threshold,
    stepMs: data.stepMs,
    scale,
    palette,
    beside: lane,
    marked: marked && { fromX: scale.toX(marked.fromMs), toX: scale.toX(marked.toMs) },
  };
  const columns = useMemo(() => columnsOf(chart), [chart]);
  const live = useRef({ props, drawing, extent, columns });
  live.current = { props, drawing, extent, columns };
  const drawn = useRef<readonly unknown[]>([]);

  useEffect(() => {
    if (host.current === null || width === 0) return;
    const options = optionsOf({ width, height, palette, format, unit, scale, group, live: () => live.current });
    const made = new uPlot(options, live.current.columns, host.current);
    plot.current = made;
    drawn.current = [live.current.columns, live.current.props.from, live.current.props.to];
    live.current.props.onCanvas(made.ctx.canvas);
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [width, height, palette, format, unit, scale, group]);

  useEffect(() => {
    const wanted = [columns, from, to];
    if (wanted.every((one, i) => one === drawn.current[i])) return;
    drawn.current = wanted;
    plot.current?.batch(() => {
      plot.current?.setData(columns, false);
      plot.current?.setScale('x', { min: from, max: to });
    });
  }, [columns, from, to]);

  return (
    <Box ref={measure} role="img" aria-label={label} style={{ height }}>
      <div ref={host} />
    </Box>
  );
}

/** Later columns are drawn above earlier ones: the value last. */
function columnsOf(chart: ChartData): uPlot.AlignedData {
  return [chart.x, chart.upper, chart.lower, chart.expected, chart.value];
}

interface OptionsInput {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly format: Format;
  readonly unit: Unit;
  readonly scale: TimeScale;
  readonly group: string;
  readonly live: () => {
    readonly props: PlotProps;
    readonly drawing: Drawing;
    readonly extent: { readonly min: number; readonly max: number };
  };
}

function optionsOf(input: OptionsInput): uPlot.Options {
  const { width, height, palette, group, live } = input;
  return {
    width,
    height,
    padding: [RIBBON.height + RIBBON.gap + 4, 20, 0, 0],
    legend: { show: false },
    series: [
      {},
      { stroke: 'transparent', width: 0, points: { show: false } },
      { stroke: 'transparent', width: 0, points: { show: false } },
      { stroke: palette.muted, width: 1, dash: [4, 3], points: { show: false } },
      { stroke: palette.accent, width: 1.5, points: { show: false } },
    ],
    bands: [{ series: [1, 2], fill: palette.band }],
    scales: {
      x: { time: false, range: () => [live().props.from, live().props.to] },
      y: { range: () => [live().extent.min, live().extent.max] },
    },
    axes: axesOf(input),
    cursor: {
      sync: { key: group, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      y: false,
      points: { size: 6, show: (_plot, series) => cursorPoint(series) },
      bind: { dblclick: () => () => resetRange(live().props) },
    },
    hooks: {
      drawClear: [(plot) => drawGround(plot, live().drawing)],
      draw: [
        (plot) => drawRibbon(plot, live().drawing),
        (plot) => drawLane(plot, live().drawing),
        (plot) => drawMark(plot, live().drawing),
      ],
      setCursor: [(plot) => tellCursor(plot, live())],
      setSelect: [(plot) => zoom(plot, live().props)],
    },
  };
}

/** A point only on the line of values. */
function cursorPoint(series: number): HTMLElement {
  const point = document.createElement('div');
  if (series !== VALUE) point.hidden = true;
  return point;
}

/** uPlot takes null for "nothing more to do". */
function resetRange(props: PlotProps): null {
  props.onReset();
  return null;
}

function tellCursor(plot: uPlot, { props, drawing }: ReturnType<OptionsInput['live']>): void {
  const at = plot.cursor.idx;
  const left = plot.cursor.left ?? -1;
  const row = at === null || at === undefined || left < 0 ? undefined : drawing.chart.rows[at];
  props.onCursor(row === undefined || row < 0 ? undefined : row);
}

function zoom(plot: uPlot, props: PlotProps): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  props.onZoom(from, to);
}

function axesOf({ palette, format, unit, scale }: OptionsInput): uPlot.Axis[] {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const shared: uPlot.Axis = {
    stroke: palette.muted,
    font: `${11 * rem}px system-ui, sans-serif`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      size: 22 * rem,
      gap: 6,
      grid: { show: false },
      splits: (_plot, _axis, min, max) => timeSplits(scale, min, max, _plot.width / (80 * rem)),
      values: (_plot, splits) => splits.map((x) => timeLabel(scale.toMs(x), format)),
    },
    {
      ...shared,
      size: 62 * rem,
      gap: 6,
      space: 32 * rem,
      ...(unit === 'bytes' || unit === 'bytes-per-second' ? { incrs: POWERS_OF_TWO } : {}),
      values: (plot, splits) => axisLabels(splits, plot.scales.y?.max ?? 1, unit),
    },
  ];
}

/** Of a midnight the day, which is what it begins. */
function timeLabel(ms: number, format: Format): string {
  const time = format.time(ms);
  return time === '00:00' ? format.day(ms) : time;
}

function timeSplits(scale: TimeScale, min: number, max: number, count: number): number[] {
  const offsetMs = -new Date(scale.toMs(min)).getTimezoneOffset() * MINUTE;
  return ticks(scale, min, max, count, offsetMs).map((ms) => scale.toX(ms));
}
