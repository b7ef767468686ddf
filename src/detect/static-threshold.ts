// A bound that somebody knows (a limit, an agreed latency), on the same scale as every other score: the bound itself is
// ±3, so that a detector's threshold of 3 means "beyond the bound"; twice as far from zero as the bound is 6. What is
// "expected" is the nearest allowed value: the guards' deviations are what lies beyond the bound.
import type { Score } from '#model/score.ts';
import type { Algorithm, OnlineScorer, ParamValues } from './contract.ts';
import { isMeasured } from './measured.ts';
import { boundRules } from './promql/static-threshold.ts';
import { scoreByStepping } from './rolling-scorer.ts';
import { fillNothing, SCORE_CAP } from './sigma.ts';

export const staticThreshold: Algorithm = {
  name: 'static-threshold',
  summary: 'Distance from fixed bounds: a value at a bound scores 3, twice the bound 6. At least one bound is needed.',
  source: 'Shewhart, Economic control of quality (1931): limits that are given, not estimated',
  shines: 'A limit that somebody knows: a full disk, an agreed latency, a quota.',
  fails: 'What is odd within the bounds: too much for a night is still less than a noon.',
  params: {
    above: { kind: 'number', summary: "Values above are anomalous, in the metric's unit.", optional: true },
    below: { kind: 'number', summary: "Values below are anomalous, in the metric's unit.", optional: true },
  },
  rules: [
    {
      rule: 'has(self.above) || has(self.below)',
      holds: ({ above, below }) => above !== undefined || below !== undefined,
      message: 'expected "above", "below" or both',
    },
    {
      rule: '!has(self.above) || !has(self.below) || self.below < self.above',
      holds: ({ above, below }) => above === undefined || below === undefined || below < above,
      message: 'expected "below" to be less than "above"',
    },
  ],
  create(values) {
    const { above, below } = boundsOf(values);
    const online: OnlineScorer = {
      start: () => new Float64Array(0),
      step(_state, _timeMs, value, out) {
        out.baselineCount = 0;
        out.baselineFromMs = Number.NaN;
        out.baselineToMs = Number.NaN;
        if (isMeasured(value)) against(value, below, above, out);
        else fillNothing(out);
      },
    };
    return { score: (series) => scoreByStepping(online, series), online };
  },
  promql: {
    rules(values, recorded) {
      const { above, below } = boundsOf(values);
      const given = { ...(Number.isFinite(above) && { above }), ...(Number.isFinite(below) && { below }) };
      return boundRules({ ...given, aboveUnit: unitOf(above, below), belowUnit: unitOf(below, above) }, recorded);
    },
  },
};

/** The one that is not given is infinitely far. */
function boundsOf(values: ParamValues): { readonly above: number; readonly below: number } {
  return {
    above: values.above === undefined ? Number.POSITIVE_INFINITY : Number(values.above),
    below: values.below === undefined ? Number.NEGATIVE_INFINITY : Number(values.below),
  };
}

function against(value: number, below: number, above: number, out: Score): void {
  const over = beyond(value - above, above, below);
  const under = beyond(below - value, below, above);
  out.score = over >= under ? Math.min(SCORE_CAP, over) : -Math.min(SCORE_CAP, under);
  out.expected = Math.max(below, Math.min(above, value));
  out.lower = Number.isFinite(below) ? below : Number.NaN;
  out.upper = Number.isFinite(above) ? above : Number.NaN;
}

/** 3 at the bound, more outside by `distance`, down to 0 inside. */
function beyond(distance: number, bound: number, other: number): number {
  if (!Number.isFinite(bound)) return 0;
  return Math.max(0, 3 + (3 * distance) / unitOf(bound, other));
}

/** Three sigmas are half the distance of the two bounds, or how far the only one is from zero. */
function unitOf(bound: number, other: number): number {
  return (Number.isFinite(other) ? Math.abs(bound - other) / 2 : Math.abs(bound)) || 1;
}
