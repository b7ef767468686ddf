// A picture of the tuning guide: one series, judged by one or more settings, a panel each, all on one scale. The values are
// written once and drawn in each panel; bands are simplified, coordinates are whole half-pixels, so that a picture is some
// kilobytes and the same on every machine. It has its own ground, and so is readable on a light and on a dark page.
import { FLAG, HELD_BACK } from '#model/score.ts';
import { escapeMarkup } from '../../../src/app/backtest/markup.ts';
import type { Judged } from './judge-scene.ts';
import { DAY, HOUR, type MadeSeries } from './make-series.ts';
import { type Point, pathOf, simplify } from './path.ts';

export interface Panel {
  /** What was set, and `low`, `default` or the like. */
  readonly name: string;
  readonly note: string;
  readonly outcome: string;
  readonly judged: Judged;
}

export interface Picture {
  /** What one reads who cannot see it. */
  readonly title: string;
  /** What is measured, and what holds for all panels. */
  readonly head: string;
  readonly series: MadeSeries;
  readonly span: { readonly fromMs: number; readonly toMs: number };
  readonly panels: readonly Panel[];
}

/** In pixels. */
const WIDTH = 760;
const LEFT = 60;
const PLOT = 692;
const HEIGHT = 84;
const HEAD = 20;
const LANE = 9;
const GAP = 8;
const FOOT = 20;
const TOP = 18;
/** Coordinates of paths are halves of a pixel. */
const FINE = 2;
const COLUMNS = PLOT / 2;

const STYLE = `:root{color-scheme:light dark;--g:#fff;--t:#16191d;--m:#566070;--l:#dfe3e8;--v:#1f4fc4;--b:#cfdcf8;--f:#fbd5d5;--x:#b42323;--c:#1d6a3d;--h:#854a0b}
@media(prefers-color-scheme:dark){:root{--g:#14181d;--t:#e8ebef;--m:#a3adb9;--l:#2c343e;--v:#8fb0ff;--b:#263c66;--f:#5c262c;--x:#ff9090;--c:#7ed6a3;--h:#f9c27d}}
text{font:12px system-ui,sans-serif;fill:var(--m)}.n{fill:var(--t);font-weight:600}.o{fill:var(--t)}.g{fill:var(--g)}.l{stroke:var(--l);fill:none}
.v{fill:none;stroke:var(--v);stroke-width:2.4;stroke-linejoin:round}.b{fill:var(--b)}.f{fill:var(--f)}
.a,.h,.i{fill:none;stroke-linecap:round}.a{stroke:var(--x);stroke-width:8}.h{stroke:var(--h);stroke-width:10}.i{stroke:var(--g);stroke-width:5}.c{fill:var(--c)}.x{fill:none;stroke:var(--x);stroke-width:1.5}`;

/** The text of an SVG file. */
export function pictureMarkup({ title, head, series, span, panels }: Picture): string {
  const frame = frameOf(series, span, panels);
  const each = HEAD + HEIGHT + LANE + GAP;
  const height = TOP + panels.length * each + FOOT - GAP;
  const drawn = panels.map((panel, index) => panelMarkup(panel, frame, TOP + index * each));
  const ticks = ticksOf(span);
  const lines = ticks.map(({ timeMs }) => `M${LEFT + frame.x(timeMs) / FINE} ${TOP}V${height - FOOT}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
<defs><path id="v" d="${valuePath(series, frame)}"/></defs>
<rect class="g" width="${WIDTH}" height="${height}" rx="6"/>
<path class="l" d="${lines}"/>
<text x="${LEFT}" y="13">${escapeMarkup(head)}</text>
${drawn.join('\n')}
${ticks.map(({ timeMs, text }) => `<text x="${LEFT + frame.x(timeMs) / FINE + 3}" y="${height - 6}">${text}</text>`).join('')}
</svg>
`;
}

interface Frame {
  readonly span: Picture['span'];
  /** In halves of a pixel, from the plot's corner. */
  x(timeMs: number): number;
  y(value: number): number;
  readonly least: number;
  readonly most: number;
}

function frameOf({ timesMs, values }: MadeSeries, span: Picture['span'], panels: readonly Panel[]): Frame {
  const shown = (figures: Float64Array) =>
    Array.from(figures).filter((figure, row) => {
      const timeMs = timesMs[row] as number;
      return Number.isFinite(figure) && timeMs >= span.fromMs && timeMs < span.toMs;
    });
  const own = shown(values);
  let [least, most] = [Math.min(...own), Math.max(...own)];
  // Of the band as much as is not far from the values, or one wild hour would flatten all others.
  const reach = (most - least || Math.abs(most) || 1) / 3;
  const [floor, ceiling] = [least < 0 ? least - reach : Math.max(0, least - reach), most + reach];
  for (const { judged } of panels) {
    least = Math.min(least, Math.max(floor, Math.min(...shown(judged.points.lower), Number.POSITIVE_INFINITY)));
    most = Math.max(most, Math.min(ceiling, Math.max(...shown(judged.points.upper), Number.NEGATIVE_INFINITY)));
  }
  const high = HEIGHT * FINE;
  return {
    span,
    x: (timeMs) => Math.round((PLOT * FINE * (timeMs - span.fromMs)) / (span.toMs - span.fromMs)),
    y: (value) => Math.round(Math.max(0, Math.min(high, high - (high * (value - least)) / (most - least || 1)))),
    ...{ least, most },
  };
}

function panelMarkup({ name, note, outcome, judged }: Panel, frame: Frame, top: number): string {
  const { findings, faults, points } = judged;
  const inside = (timeMs: number) => Math.max(0, Math.min(PLOT, frame.x(timeMs) / FINE));
  const bar = (fromMs: number, toMs: number, least: number) => {
    const width = Math.max(least, inside(toMs) - inside(fromMs));
    return `x="${Math.min(PLOT - width, inside(fromMs))}" width="${width}"`;
  };
  const shades = findings.map(({ fromMs, toMs }) => `<rect class="f" ${bar(fromMs, toMs, 2)} height="${HEIGHT}"/>`);
  const marks = faults.map(({ fromMs, toMs, delayMs }) => {
    const look = delayMs === undefined ? 'x' : 'c';
    return `<rect class="${look}" ${bar(fromMs, toMs, 5)} y="${HEIGHT + 3}" height="5"/>`;
  });
  const { anomalous, held } = flagged(points, frame);
  return `<text x="${LEFT}" y="${top + 14}"><tspan class="n">${escapeMarkup(name)}</tspan>${note === '' ? '' : ` (${escapeMarkup(note)})`} <tspan class="o" dx="6">${escapeMarkup(outcome)}</tspan></text>
<text x="${LEFT - 6}" y="${top + HEAD + 11}" text-anchor="end">${figure(frame.most)}</text><text x="${LEFT - 6}" y="${top + HEAD + HEIGHT}" text-anchor="end">${figure(frame.least)}</text>
<g transform="translate(${LEFT} ${top + HEAD})">${shades.join('')}<g transform="scale(.5)"><path class="b" d="${bandPath(points, frame)}"/><use href="#v" class="v"/>${rings(held, top)}<path class="a" d="${dots(anomalous)}"/></g>
<path class="l" d="M0 ${HEIGHT}H${PLOT}"/>${marks.join('')}</g>`;
}

/** At most four figures. */
function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(size >= 1000 ? Math.ceil(Math.log10(size)) : 3)));
}

/** The lowest and highest value of each column, or every point where there are fewer; a gap ends the line. */
function valuePath({ timesMs, values, stepMs }: MadeSeries, frame: Frame): string {
  const { fromMs, toMs } = frame.span;
  const isDense = (toMs - fromMs) / stepMs > COLUMNS;
  const lines: Point[][] = [[]];
  let [column, low, high] = [-1, 0, 0];
  const flush = () => {
    if (column >= 0)
      lines.at(-1)?.push([column * 4 + 2, low], ...(high === low ? [] : [[column * 4 + 2, high] as const]));
    column = -1;
  };
  timesMs.forEach((timeMs, row) => {
    if (timeMs < fromMs || timeMs >= toMs) return;
    const value = values[row] as number;
    if (Number.isNaN(value)) {
      flush();
      if (lines.at(-1)?.length !== 0) lines.push([]);
      return;
    }
    const [x, y] = [frame.x(timeMs), frame.y(value)];
    if (!isDense) {
      lines.at(-1)?.push([x, y]);
      return;
    }
    const own = Math.floor(x / 4);
    if (own !== column) {
      flush();
      [column, low, high] = [own, y, y];
    } else [low, high] = [Math.max(low, y), Math.min(high, y)];
  });
  flush();
  return lines.map((line) => pathOf(isDense ? line : simplify(line, 0.5))).join('');
}

/** One area for each stretch in which there is a band; a side that is missing is the plot's edge. */
function bandPath({ timesMs, lower, upper }: Judged['points'], frame: Frame): string {
  const areas: string[] = [];
  let [above, below]: [Point[], Point[]] = [[], []];
  const close = () => {
    if (above.length > 0) areas.push(`${pathOf([...simplify(above, 1.5), ...simplify(below, 1.5).reverse()])}z`);
    [above, below] = [[], []];
  };
  let column = -1;
  timesMs.forEach((timeMs, row) => {
    if (timeMs < frame.span.fromMs || timeMs >= frame.span.toMs) return;
    const [low, high] = [lower[row] as number, upper[row] as number];
    if (Number.isNaN(low) && Number.isNaN(high)) {
      // A missing point has no band, and does not end it.
      if (!Number.isNaN(timesMs[row]) && isLong(lower, upper, row)) close();
      return;
    }
    const x = frame.x(timeMs);
    if (Math.floor(x / 4) === column) return;
    column = Math.floor(x / 4);
    above.push([x, Number.isNaN(high) ? 0 : frame.y(high)]);
    below.push([x, Number.isNaN(low) ? HEIGHT * FINE : frame.y(low)]);
  });
  close();
  return areas.join('');
}

const LONG = 4;

function isLong(lower: Float64Array, upper: Float64Array, row: number): boolean {
  for (let next = row; next < row + LONG; next++) {
    if (!Number.isNaN(lower[next] ?? Number.NaN) || !Number.isNaN(upper[next] ?? Number.NaN)) return false;
  }
  return true;
}

/** Points beyond the threshold: those that count, and those that a guard held back. */
function flagged({ timesMs, values, flags }: Judged['points'], frame: Frame) {
  const [anomalous, held]: [Point[], Point[]] = [[], []];
  timesMs.forEach((timeMs, row) => {
    const flag = flags[row] as number;
    if (timeMs < frame.span.fromMs || timeMs >= frame.span.toMs || (flag & FLAG.beyondThreshold) === 0) return;
    const isHeld = (flag & (HELD_BACK | FLAG.failedPersistence)) !== 0 && (flag & FLAG.findingOpen) === 0;
    const list = isHeld ? held : anomalous;
    const [x, y] = [frame.x(timeMs), frame.y(values[row] as number)];
    const last = list.at(-1);
    if (last !== undefined && Math.abs(last[0] - x) < 5 && Math.abs(last[1] - y) < 5) return;
    list.push([x, y]);
  });
  return { anomalous, held };
}

/** The same dots twice: a small one of the ground's colour on a larger one. */
function rings(points: readonly Point[], id: number): string {
  if (points.length === 0) return '';
  return `<defs><path id="h${id}" d="${dots(points)}"/></defs><use href="#h${id}" class="h"/><use href="#h${id}" class="i"/>`;
}

function dots(points: readonly Point[]): string {
  return points.map(([x, y]) => `M${x} ${y}h0`).join('');
}

const TICKS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
const MOST_TICKS = 10;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Midnights or hours, UTC. */
function ticksOf({ fromMs, toMs }: Picture['span']): { timeMs: number; text: string }[] {
  const every = TICKS.find((one) => (toMs - fromMs) / one <= MOST_TICKS) ?? 14 * DAY;
  const first = Math.ceil(fromMs / every) * every;
  const count = Math.max(0, Math.ceil((toMs - first) / every));
  return Array.from({ length: count }, (_, index) => first + index * every).map((timeMs) => {
    const date = new Date(timeMs);
    const day = `${DAYS[date.getUTCDay()]} ${date.getUTCDate()}`;
    return { timeMs, text: timeMs % DAY === 0 ? day : date.toISOString().slice(11, 16) };
  });
}
