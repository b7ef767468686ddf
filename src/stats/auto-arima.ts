// A seasonal ARIMA whose orders are found by itself: from four plain ones on, one order more or less as long as the corrected
// information criterion falls (Hyndman & Khandakar 2008). Errors are conditional on the first points, which are the same
// for all, so that differenced and undifferenced models can be compared. Coefficients are kept where the model forgets its
// past, by partial autocorrelations within ±1 (Monahan 1984). About 15 fits; 10 ms for 2,000 points.
import { arimaErrors, MOST_LAGS, type SmallArima } from './arima-errors.ts';
import { createSquaresFitter, type ErrorsAt } from './squares-fit.ts';

export interface ArimaOrder {
  readonly ar: number;
  readonly differences: 0 | 1;
  readonly ma: number;
  readonly seasonal: 'none' | 'differenced' | 'autoregressive';
  readonly seasonalMa: 0 | 1;
}

export interface FittedArima extends SmallArima {
  readonly order: ArimaOrder;
  /** Points of the season; 0 where the order has none. */
  readonly period: number;
  /** How many figures were chosen by the values, the variance among them. */
  readonly free: number;
  /** Of the one-step errors. */
  readonly variance: number;
  /** The corrected information criterion; lower is better. */
  readonly criterion: number;
}

export interface ArimaFinder {
  /**
   * The best model of the values, which have no NaN; `period` is 0, or a season of which there are two or more in them.
   * undefined with fewer than LEAST_POINTS.
   */
  find(values: Float64Array, period: number): FittedArima | undefined;
}

export const LEAST_POINTS = 12;
const MOST_PARAMETERS = 2 * MOST_LAGS + 2;
/** A root nearer to 1 than this is a difference, and no coefficient. */
const MOST_PARTIAL = 0.99;
/** Errors that count begin after so many points (and after a period): each order has its lags by then. */
const SETTLING = MOST_LAGS + 1;

/** A finder whose memory is for so many points at most. */
export function createArimaFinder(mostPoints: number): ArimaFinder {
  const fitter = createSquaresFitter(MOST_PARAMETERS, mostPoints);
  const scaled = new Float64Array(mostPoints);
  // One for all that is tried on the way: hundreds of thousands a second would be rubbish.
  const model = emptyModel();

  function fitOrder(order: ArimaOrder, count: number, period: number, mean: number): FittedArima {
    const own = order.seasonal === 'none' && order.seasonalMa === 0 ? 0 : period;
    const centre = isCentred(order) ? mean : 0;
    const x = new Float64Array(parametersOf(order));
    const from = Math.min(count - 2, period + SETTLING);
    const errorsAt: ErrorsAt = (at, out) => arimaErrors(setModel(model, order, at, centre), scaled, count, own, out);
    const squares = fitter.fit(errorsAt, from, count, x);
    const { ar, ma, ...rest } = setModel(model, order, x, centre);
    const free = x.length + 1 + (isCentred(order) ? 1 : 0);
    return {
      ...rest,
      ...{ ar: ar.slice(), ma: ma.slice(), order, period: own, free },
      variance: squares / (count - from),
      criterion: correctedCriterion(squares, count - from, free),
    };
  }

  return {
    find(values, period) {
      const count = values.length;
      if (count < LEAST_POINTS) return undefined;
      const { anchor, size, mean } = normalise(values, scaled);
      const tried = new Map<string, FittedArima>();
      const tryOrder = (order: ArimaOrder): FittedArima => {
        const key = JSON.stringify(order);
        const found = tried.get(key) ?? fitOrder(order, count, period, mean);
        tried.set(key, found);
        return found;
      };
      let best = startsOf(period).map(tryOrder).reduce(better);
      for (let improved = true; improved && best.variance > 0; ) {
        const next = neighboursOf(best.order, period).map(tryOrder).reduce(better, best);
        improved = next !== best;
        best = next;
      }
      return {
        ...best,
        mean: isCentred(best.order) ? anchor + size * best.mean : anchor,
        variance: best.variance * size * size,
      };
    },
  };
}

function isCentred({ differences, seasonal }: ArimaOrder): boolean {
  return differences === 0 && seasonal !== 'differenced';
}

/** Fills `scaled` with the values less the first, in units of the farthest from it: no square overflows, no digit is lost. */
function normalise(values: Float64Array, scaled: Float64Array) {
  const anchor = values[0] as number;
  let farthest = 0;
  for (let index = 0; index < values.length; index++) {
    farthest = Math.max(farthest, Math.abs((values[index] as number) - anchor));
  }
  // A power of two: the digits stay the same whatever the unit.
  const size = farthest === 0 ? 1 : 2 ** Math.floor(Math.log2(farthest));
  let mean = 0;
  for (let index = 0; index < values.length; index++) {
    const value = ((values[index] as number) - anchor) / size;
    scaled[index] = value;
    mean += (value - mean) / (index + 1);
  }
  return { anchor, size, mean };
}

type Season = Pick<ArimaOrder, 'seasonal' | 'seasonalMa'>;
const NO_SEASON: Season = { seasonal: 'none', seasonalMa: 0 };
const SEASONS: readonly Season[] = [
  NO_SEASON,
  { seasonal: 'differenced', seasonalMa: 1 },
  { seasonal: 'autoregressive', seasonalMa: 1 },
  { seasonal: 'autoregressive', seasonalMa: 0 },
];

/** Orders to begin with: ar, differences, ma. */
const STARTS = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 1],
  [2, 0, 1],
] as const;
const SEASONAL_STARTS = [
  [1, 0, 0],
  [0, 1, 1],
] as const;

function startsOf(period: number): ArimaOrder[] {
  const plain = STARTS.map(([ar, differences, ma]): ArimaOrder => ({ ar, differences, ma, ...NO_SEASON }));
  if (period === 0) return plain;
  const season = { seasonal: 'differenced', seasonalMa: 1 } as const;
  return [
    ...plain,
    ...SEASONAL_STARTS.map(([ar, differences, ma]): ArimaOrder => ({ ar, differences, ma, ...season })),
  ];
}

function neighboursOf(order: ArimaOrder, period: number): ArimaOrder[] {
  const { ar, ma, differences } = order;
  const lags = [
    { ar: ar + 1, ma },
    { ar: ar - 1, ma },
    { ar, ma: ma + 1 },
    { ar, ma: ma - 1 },
    { ar: ar + 1, ma: ma + 1 },
    { ar: ar - 1, ma: ma - 1 },
  ].filter((each) => each.ar >= 0 && each.ma >= 0 && each.ar <= MOST_LAGS && each.ma <= MOST_LAGS);
  return [
    ...lags.map((each) => ({ ...order, ...each })),
    ...(period === 0 ? [] : SEASONS.map((each) => ({ ...order, ...each }))),
    { ...order, differences: differences === 0 ? 1 : 0 },
  ];
}

function better(a: FittedArima, b: FittedArima): FittedArima {
  return b.criterion < a.criterion ? b : a;
}

/** Hurvich & Tsai's (1989), up to a constant. */
function correctedCriterion(squares: number, points: number, free: number): number {
  const room = points - free - 1;
  if (room <= 0) return Number.POSITIVE_INFINITY;
  return points * Math.log(squares / points) + 2 * free + (2 * free * (free + 1)) / room;
}

function parametersOf({ ar, ma, seasonal, seasonalMa }: ArimaOrder): number {
  return ar + ma + (seasonal === 'autoregressive' ? 1 : 0) + seasonalMa;
}

type Model = { -readonly [name in keyof SmallArima]: SmallArima[name] };

function emptyModel(): Model {
  const lags = () => new Float64Array(MOST_LAGS);
  return { mean: 0, differences: 0, ar: lags(), ma: lags(), seasonalAr: 0, seasonalMa: 0 };
}

/** The model of this order at the unbounded parameters `x`, in place. */
function setModel(model: Model, order: ArimaOrder, x: Float64Array, mean: number): Model {
  const { ar, ma, seasonal, seasonalMa } = order;
  let next = ar + ma;
  model.mean = mean;
  model.differences = order.differences;
  fromPartials(x, 0, ar, model.ar);
  fromPartials(x, ar, ma, model.ma);
  for (let lag = 0; lag < ma; lag++) model.ma[lag] = -(model.ma[lag] as number);
  model.seasonalAr = seasonal === 'none' ? 0 : seasonal === 'differenced' ? 1 : bounded(x[next++] as number);
  model.seasonalMa = seasonalMa === 0 ? 0 : bounded(x[next] as number);
  return model;
}

function bounded(value: number): number {
  return MOST_PARTIAL * Math.tanh(value);
}

/** Coefficients of 1 − Σ cₖBᵏ, all of whose roots are beyond 1, from partial autocorrelations: Durbin & Levinson. */
function fromPartials(x: Float64Array, from: number, count: number, out: Float64Array): void {
  out.fill(0);
  for (let order = 0; order < count; order++) {
    const partial = bounded(x[from + order] as number);
    // In place: the two that are mirrored change together.
    for (let lag = 0; 2 * lag <= order - 1; lag++) {
      const mirrored = order - 1 - lag;
      const here = out[lag] as number;
      const there = out[mirrored] as number;
      out[lag] = here - partial * there;
      if (mirrored !== lag) out[mirrored] = there - partial * here;
    }
    out[order] = partial;
  }
}
