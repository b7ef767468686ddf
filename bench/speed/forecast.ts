// P7 and P8: finding a model of a series by itself and foretelling 48 hours: exponential smoothing beside statsforecast's
// AutoETS and statsmodels, ARIMA beside AutoARIMA and prophet. What must be equal is how right they are, by the mean absolute
// scaled error (Hyndman & Koehler 2006) on hours that no side saw. Where ours is worse than the row allows, it has no times.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arimaForecast } from '#stats/arima-forecast.ts';
import { createArimaFinder } from '#stats/auto-arima.ts';
import { autoHoltWinters, forecastHoltWinters } from '#stats/auto-holt-winters.ts';
import { createRng } from '#stats/rng.ts';
import { bytesOf, type Duel, fight, type Line } from './duel.ts';
import { type Context, type Outcome, type Section, withPeers } from './section.ts';

const PERIOD = 24;
const HORIZON = 48;
const GENERATED = 4;
const LENGTH = 336;
/** Of the 414 of M4 every so many. */
const EVERY = 60;
/** AutoARIMA takes many seconds a series: so many are timed, the first. */
const TIMED = 1;
/** How much worse than the peer's the error may be. */
const ALLOWED = { P7: 1.01, P8: 1.02 } as const;

interface Case {
  readonly name: string;
  readonly series: readonly Float64Array[];
}

type Forecast = (values: Float64Array) => Float64Array;

export const forecast: Section = {
  rows: ['P7', 'P8'],
  title: 'models found by themselves',
  async run(context) {
    const cases = [{ name: `${GENERATED} made up`, series: madeUp() }, ...(await m4(context.data))];
    const outcomes: Outcome[] = [];
    for (const one of cases) outcomes.push(await runCase(context, one));
    const lines = outcomes.flatMap((outcome) => outcome.lines);
    const note = `P7 and P8 foretell ${HORIZON} hours that were held back. Their peers choose among more models than ours do: multiplied errors, more lags, changing trends.`;
    return { lines, versions: outcomes[0]?.versions ?? {}, note };
  },
};

async function runCase(context: Context, { name, series }: Case): Promise<Outcome> {
  const { folder, times } = context;
  const known = series.map((values) => values.subarray(0, values.length - HORIZON));
  const file = join(folder, 'series');
  await writeFile(file, bytesOf(Float64Array.from(known.flatMap((values) => [...values]))));
  const finder = createArimaFinder(Math.max(...known.map(({ length }) => length)));
  const arima: Forecast = (values) => {
    const found = finder.find(values, PERIOD);
    if (found === undefined) throw new Error('too short for an ARIMA');
    return arimaForecast(found, values, HORIZON);
  };
  const smoothing: Forecast = (values) => {
    const found = autoHoltWinters(values, PERIOD);
    if (found === undefined) throw new Error('too short for Holt-Winters');
    return forecastHoltWinters(found, HORIZON);
  };
  const sizes = known.map(({ length }) => length).join(',');
  return await withPeers(context, 'forecast.py', [file, sizes, PERIOD, HORIZON, TIMED], async (peer) => {
    const lines: Line[] = [];
    const duel = (row: keyof typeof ALLOWED, work: string, find: Forecast, target: Record<string, string>) =>
      duelOf(row, `${work}, ${name} series`, series, find, target);
    const ets = duel('P7', 'exponential smoothing', smoothing, {
      AutoETS: 'shown → 10×',
      ExponentialSmoothing: 'shown → 60×',
    });
    const targets = { AutoARIMA: 'shown → 5×', ...(peer?.versions.prophet === undefined ? {} : { prophet: 'shown' }) };
    for (const each of [ets, duel('P8', 'ARIMA', arima, targets)]) {
      context.say(`  ${each.work} …`);
      lines.push(...(await fight(each, peer, folder, times)));
    }
    return lines;
  });
}

function duelOf(
  row: keyof typeof ALLOWED,
  work: string,
  series: readonly Float64Array[],
  find: Forecast,
  targets: Readonly<Record<string, string>>,
): Duel {
  let ours: Float64Array[] = [];
  const foretell = (some: readonly Float64Array[]) =>
    some.map((values) => find(values.subarray(0, values.length - HORIZON)));
  return {
    row,
    work: `${work} (${TIMED} timed)`,
    ours: () => {
      ours = foretell(series);
    },
    timed: () => void foretell(series.slice(0, TIMED)),
    opponents: Object.entries(targets).map(([name, target]) => ({
      name,
      target,
      timedAs: `${name}-timed`,
      check(result: Float64Array) {
        const theirs = series.map((_, index) => result.subarray(index * HORIZON, (index + 1) * HORIZON));
        const [mine, other] = [meanError(series, ours), meanError(series, theirs)];
        const said = `MASE ${mine.toFixed(3)}, theirs ${other.toFixed(3)}`;
        if (mine <= ALLOWED[row] * other) return said;
        return { differs: `${said}: ${(mine / other).toFixed(2)}×, allowed ${ALLOWED[row]}×` };
      },
    })),
  };
}

/** The mean over the series of the mean absolute error, in units of that of the day before's value. */
function meanError(series: readonly Float64Array[], forecasts: readonly Float64Array[]): number {
  let sum = 0;
  for (const [index, values] of series.entries()) {
    const until = values.length - HORIZON;
    let naive = 0;
    for (let at = PERIOD; at < until; at++) {
      naive += Math.abs((values[at] as number) - (values[at - PERIOD] as number)) / (until - PERIOD);
    }
    let error = 0;
    for (let step = 0; step < HORIZON; step++) {
      error += Math.abs((values[until + step] as number) - (forecasts[index]?.[step] ?? Number.NaN)) / HORIZON;
    }
    sum += error / naive / series.length;
  }
  return sum;
}

/** Days with a shape of their own on a level that stays, rises, wanders or comes back; some grow with their level. */
function madeUp(): Float64Array[] {
  const rng = createRng(24);
  return Array.from({ length: GENERATED }, (_, index) => {
    const shape = Float64Array.from({ length: PERIOD }, (_hour, hour) => 15 * Math.sin(hour / 4) + 4 * rng.normal());
    const drift = index % 3 === 1 ? 0.05 : 0;
    const [memory, shock] = index % 3 === 2 ? [1, 0.5] : [0.8, 1];
    let off = 0;
    return Float64Array.from({ length: LENGTH + HORIZON }, (_point, hour) => {
      off = memory * off + shock * rng.normal();
      const level = 100 + drift * hour + off;
      const part = shape[hour % PERIOD] as number;
      return index % 2 === 0 ? level + part + rng.normal() : level * (1 + part / 100) + rng.normal();
    });
  });
}

/** Some of M4's hourly series, their last two days held back; none where the file is not. */
async function m4(data: string | undefined): Promise<Case[]> {
  const file = join(data ?? '', 'm4-hourly/Hourly-train.csv');
  if (data === undefined || !existsSync(file)) return [];
  const rows = (await readFile(file, 'utf8')).trim().split('\n').slice(1);
  const series = rows
    .filter((_, index) => index % EVERY === 0)
    .map((row) => Float64Array.from(row.split(',').slice(1).map(numberOf)).filter((value) => !Number.isNaN(value)));
  return [{ name: `${series.length} of M4’s ${rows.length} hourly`, series }];
}

function numberOf(cell: string): number {
  const text = cell.replaceAll('"', '').trim();
  return text === '' || text === 'NA' ? Number.NaN : Number(text);
}
