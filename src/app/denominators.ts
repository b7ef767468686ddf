// Whether the denominators that detectors ask for were there: without them no point can be anomalous, and a quiet run says
// nothing. Counted as the history goes by, for each series that asks.
import { type Plan, planMatches } from '#model/plan.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { LookBeneath } from '#pipeline/join-denominators.ts';

/** Of one detector and denominator. */
export interface DenominatorRow {
  readonly detector: string;
  readonly metricName: string;
  /** That ask for it, and those of them that never had it. */
  readonly series: number;
  readonly seriesWithout: number;
  /** Share of their points that had none, 0..1. */
  readonly pointsWithout: number;
}

export interface DenominatorWatch {
  readonly look: LookBeneath;
  /** `written`: the plans as they were written, in the same order, for their names. What matches no series has no row. */
  rows(plans: readonly Plan[], written?: readonly Plan[]): readonly DenominatorRow[];
}

interface Counted {
  readonly info: Pick<SeriesInfo, 'labels'>;
  points: number;
  without: number;
}

/** A detector and a denominator that it asks for. */
interface Asking extends Pick<DenominatorRow, 'detector' | 'metricName'> {
  readonly own: Set<Counted>;
}

export function watchDenominators(): DenominatorWatch {
  const byName = new Map<string, Map<number, Counted>>();
  return {
    look({ id, labels }, metricName, value) {
      const bySeries = byName.get(metricName) ?? new Map<number, Counted>();
      byName.set(metricName, bySeries);
      const counted = bySeries.get(id) ?? { info: { labels }, points: 0, without: 0 };
      bySeries.set(id, counted);
      counted.points++;
      if (Number.isNaN(value)) counted.without++;
    },
    rows(plans, written = plans) {
      // A detector has a plan for each of its metrics, and asks with all of them for the same.
      const asking = new Map<string, Asking>();
      for (const [index, plan] of plans.entries()) {
        const { detector, guards } = plan;
        if (guards.denominator === undefined) continue;
        const { metricName: asked } = guards.denominator;
        const metricName = written[index]?.guards.denominator?.metricName ?? asked;
        const key = JSON.stringify([detector, asked]);
        const one = asking.get(key) ?? { detector, metricName, own: new Set() };
        asking.set(key, one);
        for (const counted of byName.get(asked)?.values() ?? []) {
          if (planMatches(plan, counted.info.labels)) one.own.add(counted);
        }
      }
      return [...asking.values()].flatMap(({ detector, metricName, own }) =>
        own.size === 0 ? [] : [{ detector, metricName, ...figuresOf([...own]) }],
      );
    },
  };
}

function figuresOf(own: readonly Counted[]): Pick<DenominatorRow, 'series' | 'seriesWithout' | 'pointsWithout'> {
  const sum = (of: (counted: Counted) => number) => own.reduce((total, one) => total + of(one), 0);
  return {
    series: own.length,
    seriesWithout: own.filter(({ points, without }) => without === points).length,
    pointsWithout: sum(({ without }) => without) / sum(({ points }) => points),
  };
}

/** More of the points without it than this, and what was quiet is not known to be quiet. */
const MOST_WITHOUT = 0.5;

/** `none`: no series ever had it; `some`: it was not there for all of them, or not for most of the time. */
export function lackOf({ series, seriesWithout, pointsWithout }: DenominatorRow): 'none' | 'some' | undefined {
  if (seriesWithout === series) return 'none';
  return seriesWithout > 0 || pointsWithout > MOST_WITHOUT ? 'some' : undefined;
}

/** What is to be said of it, as a sentence without its detector. */
export function denominatorText(row: DenominatorRow): string {
  const { metricName, series, seriesWithout, pointsWithout } = row;
  switch (lackOf(row)) {
    case 'none':
      return `its denominator ${metricName} is never there, so that nothing could be a finding`;
    case 'some':
      return `its denominator ${metricName} is never there for ${seriesWithout} of ${series} series, and not for ${(pointsWithout * 100).toFixed(1)} % of the points, which could not be anomalous`;
    case undefined:
      return `its denominator ${metricName} was there for ${series} series, and not for ${(pointsWithout * 100).toFixed(1)} % of the points`;
  }
}

/** A line of each whose denominator lacks. */
export function denominatorLines(rows: readonly DenominatorRow[]): readonly string[] {
  return rows.filter((row) => lackOf(row) !== undefined).map((row) => `${row.detector}: ${denominatorText(row)}`);
}
