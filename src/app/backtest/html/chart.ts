// One track as a picture: its values over its band, findings shaded behind, faults marked below. Drawn with colours of the
// page's style, so that it is right in the light and in the dark.
import { replayFigure } from '../../replay-figure.ts';
import { formatMinute } from '../../tape-time.ts';
import { html, type Markup } from '../markup.ts';
import { COLUMNS, type Trace } from './traces.ts';

export interface Mark {
  readonly fromMs: number;
  readonly toMs: number;
  /** What one reads when pointing at it. */
  readonly title: string;
  readonly look: 'finding' | 'caught' | 'missed' | 'known';
}

export interface Chart {
  readonly trace: Trace;
  readonly metricName: string;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly marks: readonly Mark[];
}

const HEIGHT = 150;
const LANE = 10;
/** A mark that is narrower would not be seen. */
const LEAST_WIDTH = 2;

/** A figure: SVG that is COLUMNS wide and as wide as its place, with its title and times. */
export function chartMarkup(chart: Chart): Markup {
  const { trace, metricName, title, fromMs, toMs, marks } = chart;
  const scale = scaleOf(trace);
  const x = (timeMs: number) => round((COLUMNS * (timeMs - fromMs)) / Math.max(1, toMs - fromMs));
  const y = (value: number) => round(HEIGHT - (HEIGHT * (value - scale.least)) / (scale.most - scale.least));
  const shown = marks.map((mark) => {
    const left = Math.max(0, Math.min(COLUMNS - LEAST_WIDTH, x(mark.fromMs)));
    const width = Math.max(LEAST_WIDTH, Math.min(COLUMNS, x(mark.toMs)) - left);
    const [top, height] = mark.look === 'finding' ? [0, HEIGHT] : [HEIGHT + 2, LANE - 2];
    return html`<rect class="${mark.look}" x="${left}" y="${top}" width="${round(width)}" height="${height}"><title>${mark.title}</title></rect>`;
  });
  return html`<figure>
<figcaption>${title}</figcaption>
<div class="picture">
<svg viewBox="0 0 ${COLUMNS} ${HEIGHT + LANE}" preserveAspectRatio="none" role="img" aria-label="${title}">
${shown}
<path class="band" d="${bandPath(trace, y)}"/>
<path class="value" d="${valuePath(trace, y)}"/>
</svg>
<span class="most">${replayFigure(scale.most, metricName)}</span><span class="least">${replayFigure(scale.least, metricName)}</span>
</div>
<p class="times"><span>${formatMinute(fromMs)}</span><span>${formatMinute(toMs)} UTC</span></p>
</figure>`;
}

/** Of the values; of the band as much as is not far from them, or one wild hour would flatten all others. */
function scaleOf({ low, high, lower, upper }: Trace): { readonly least: number; readonly most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (let column = 0; column < COLUMNS; column++) {
    if ((low[column] as number) < least) least = low[column] as number;
    if ((high[column] as number) > most) most = high[column] as number;
  }
  if (least > most) return { least: 0, most: 1 };
  const reach = Math.max(most - least, Math.abs(most) * 0.1, 1e-9) / 2;
  // What is never below zero has no room there, whatever the band says.
  const [floor, ceiling] = [least < 0 ? least - reach : Math.max(0, least - reach), most + reach];
  for (let column = 0; column < COLUMNS; column++) {
    if ((lower[column] as number) < least) least = Math.max(floor, lower[column] as number);
    if ((upper[column] as number) > most) most = Math.min(ceiling, upper[column] as number);
  }
  return most > least ? { least, most } : { least: least - 1, most: most + 1 };
}

type Height = (value: number) => number;

/** Down and up within a column, and on to the next one; a column without a value ends the line. */
function valuePath({ low, high }: Trace, y: Height): string {
  const parts: string[] = [];
  let isOpen = false;
  for (let column = 0; column < COLUMNS; column++) {
    const [bottom, top] = [low[column] as number, high[column] as number];
    if (Number.isNaN(bottom)) {
      // A few empty columns are rare samples; the line goes on, as between any two of them.
      if (isEmptyFrom(low, column)) isOpen = false;
      continue;
    }
    parts.push(`${isOpen ? 'L' : 'M'}${column + 0.5} ${y(bottom)}`);
    parts.push(`L${column + 0.5} ${y(top)}`);
    isOpen = true;
  }
  return parts.join('');
}

const RARE = 12;

function isEmptyFrom(figures: Float32Array, column: number): boolean {
  for (let next = column; next < Math.min(COLUMNS, column + RARE); next++) {
    if (!Number.isNaN(figures[next])) return false;
  }
  return true;
}

/** One area for each stretch in which there is a band. */
function bandPath({ lower, upper }: Trace, y: Height): string {
  const areas: string[] = [];
  let stretch: number[] = [];
  const clip = (value: number) => Math.max(-HEIGHT, Math.min(2 * HEIGHT, y(value)));
  const close = () => {
    if (stretch.length > 0) {
      const above = stretch.map((column) => `${column + 0.5} ${clip(upper[column] as number)}`);
      const below = stretch.toReversed().map((column) => `${column + 0.5} ${clip(lower[column] as number)}`);
      areas.push(`M${[...above, ...below].join('L')}Z`);
    }
    stretch = [];
  };
  for (let column = 0; column < COLUMNS; column++) {
    const isThere = !Number.isNaN(lower[column]) && !Number.isNaN(upper[column]);
    if (isThere) stretch.push(column);
    else if (isEmptyFrom(lower, column)) close();
  }
  close();
  return areas.join('');
}

function round(figure: number): number {
  return Number.isFinite(figure) ? Math.round(figure * 10) / 10 : 0;
}
