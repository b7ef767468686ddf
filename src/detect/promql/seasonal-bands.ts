// Seasonal bands of a day as rules that read their own last values, and what was recorded a day before: the buckets are no state,
// a visit's outcome is found again where it was left (`season_left`), one bucket later and a day ago. Otherwise each rule is a line
// of detect/seasonal-bands.ts or season-buckets.ts, in their order. A pause of more than six hours begins the season anew. A
// bucket that no point fell into is as the one before it; stepping keeps what it was the day before.
import type { PromqlRule, Recorded } from '../contract.ts';
import { durationText, lastBefore, scoreRules, wideningText } from './text.ts';

const REACH_MS = 21_600_000;

export interface DailyBands {
  readonly stepMs: number;
  readonly cycleMs: number;
  /** Buckets of a cycle, a whole number of steps each. */
  readonly count: number;
  readonly offsetMs: number;
  /** What is left of a point's weight after a step, in the level, the slow level and the spread. */
  readonly levelDecay: number;
  readonly slowDecay: number;
  readonly spreadDecay: number;
  /** What is left of a bucket's weight after a bucket, as level and slow level hold it. */
  readonly levelBucketDecay: number;
  readonly slowBucketDecay: number;
  /** Least share of a visit in its bucket. */
  readonly share: number;
  readonly minPoints: number;
  readonly limitSigmas: number;
  readonly commonVisits: number;
  readonly sigmaPerMeanDeviation: number;
  readonly efficiency: number;
}

interface Words {
  readonly bands: DailyBands;
  readonly value: string;
  /** 0 where there is a value. */
  readonly none: string;
  now(name: string): string;
  last(name: string): string;
  /** What was recorded where the bucket of now had just been left, a cycle ago. */
  ago(name: string): string;
}

export function bandRules(bands: DailyBands, recorded: Recorded): readonly PromqlRule[] {
  const { cycleMs, count, stepMs } = bands;
  const widthMs = cycleMs / count;
  const ago = `[${durationText(widthMs)}] offset ${durationText(cycleMs - widthMs - Math.floor(stepMs / 2))}`;
  const value = recorded.of('value');
  const words: Words = {
    ...{ bands, value, none: `${value} * 0` },
    now: (name) => recorded.of(`season_${name}`),
    last: (name) => lastBefore(recorded, `season_${name}`, Math.max(REACH_MS, 4 * stepMs)),
    ago: (name) => `last_over_time(${recorded.of(`season_${name}`)}${ago})`,
  };
  const scored = scoredRules(words, recorded.of('baseline_points'));
  const named = (rules: readonly PromqlRule[]) => rules.map(({ name, expr }) => ({ name: `season_${name}`, expr }));
  return [
    ...named(expectRules(words)),
    ...scored,
    ...scoreRules(recorded),
    ...named([
      ...leaveRules(words),
      ...turnRules(words),
      ...levelRules(words),
      ...visitRules(words),
      ...spreadRules(words),
    ]),
  ];
}

/** Level of the bucket of now; of the first cycle the plain mean was recorded, and the mean of all is taken off it. */
function bucketText({ ago }: Words, base: string): string {
  return `(${ago('left')} - ${base} * (${ago('cycles')} == bool 0))`;
}

/** How many points weights of such a decay are worth. */
function worthText(decay: number, seen: string): string {
  return `(${(1 + decay) / (1 - decay)} * (1 - ${decay} ^ ${seen}) / (1 + ${decay} ^ ${seen}))`;
}

function expectRules(words: Words): PromqlRule[] {
  const { bands, none, now, last, ago } = words;
  const widthS = bands.cycleMs / bands.count / 1000;
  const visits = `((${now('own')} != bool 0) * (${last('cycles')} - 1))`;
  const degrees = `${bands.efficiency} * ${last('spread_weights')} ^ 2 / ${last('spread_squares')}`;
  return [
    { name: 'slot', expr: `floor(${none} + (time() + ${bands.offsetMs / 1000}) / ${widthS})` },
    // How many buckets on from that of the last point.
    { name: 'gap', expr: `${now('slot')} - ${last('slot')} or ${none}` },
    { name: 'before', expr: `${bucketText(words, last('base'))} and (${last('cycles')} >= 1) or ${none}` },
    { name: 'own', expr: `${ago('left_spread')} and (${last('cycles')} >= 1) and ${none} or ${none}` },
    { name: 'variance', expr: `1 / ${worthText(bands.levelDecay, last('seen'))} and ${none}` },
    {
      name: 'spread_at',
      expr: `(${visits} * ${now('own')} + ${bands.commonVisits} * ${last('spread')}) / (${visits} + ${bands.commonVisits})`,
    },
    {
      name: 'sigma',
      expr: `${bands.sigmaPerMeanDeviation} * ${wideningText(degrees, now('variance'))} * ${now('spread_at')} or ${none}`,
    },
  ];
}

function scoredRules({ bands, value, now, last }: Words, count: string): PromqlRule[] {
  const worth = worthText(bands.levelDecay, last('seen'));
  return [
    { name: 'baseline_points', expr: `${worth} and (${last('seen')} >= ${bands.minPoints}) and ${value}` },
    { name: 'expected', expr: `${last('level')} + ${now('before')} and ${count}` },
    { name: 'sigma', expr: `${now('sigma')} and ${count}` },
  ];
}

/** What a visit that is over leaves, and whether with it the first cycle is known. */
function leaveRules({ bands, none, now, last }: Words): PromqlRule[] {
  const { count, levelBucketDecay, slowBucketDecay } = bands;
  const isFirst = `(${last('cycles')} == 0)`;
  const passed = `(${now('slot')} - ${last('first')})`;
  const weighted = (name: string, decay: number) => {
    const power = `${decay} ^ ${now('gap')}`;
    return `${now('mean')} * (1 - ${power}) / ${1 - decay} + ${power} * ${last(name)} and ${isFirst} or ${last(name)} and ${none} or ${none}`;
  };
  return [
    { name: 'mean', expr: `${last('sum')} / (${last('points')} > 0) and (${now('gap')} != 0)` },
    {
      name: 'settles',
      expr: `(${passed} >= ${count}) * 0 + 1 and (${now('gap')} != 0) and ${isFirst} or ${none}`,
    },
    {
      name: 'raw',
      expr: `${last('raw')} + ${now('mean')} * ${now('gap')} and ${isFirst} or ${last('raw')} and ${none} or ${none}`,
    },
    { name: 'raw_level', expr: weighted('raw_level', levelBucketDecay) },
    { name: 'raw_slow', expr: weighted('raw_slow', slowBucketDecay) },
    {
      name: 'base',
      expr: `${now('raw')} / ${passed} and (${now('settles')} == 1) or ${last('base')} and ${none} or ${none}`,
    },
  ];
}

/** The bucket that was left, and whether a cycle is over. */
function turnRules(words: Words): PromqlRule[] {
  const { bands, none, now, last } = words;
  const isFirst = `(${last('cycles')} == 0)`;
  const part = `clamp_min(1 / (${last('cycles')} + 1), ${bands.share})`;
  const limit = `${bands.limitSigmas} * ${now('sigma')}`;
  const notMore = `((${now('mean')} <= ${limit}) or ${limit})`;
  const drawn = `((${notMore} >= -${limit}) or -${limit})`;
  const own = last('own');
  const size = `${last('sizes')} / (${last('points')} > 0)`;
  const isOver = `(${now('slot')} - ${last('first')} >= ${bands.count}) and (${now('gap')} != 0)`;
  return [
    {
      name: 'left',
      expr:
        `${now('mean')} - ${now('base')} * ${now('settles')} and ${isFirst} or ` +
        `${last('at')} + ${part} * ${drawn} and ${now('mean')} or ${last('left')} and ${none} or ${none}`,
    },
    {
      name: 'left_spread',
      expr:
        `${own} + ((${own} == bool 0) * (1 - ${part}) + ${part}) * (${size} - ${own}) and ${now('mean')} unless ${isFirst} or ` +
        `${last('left_spread')} and ${none} or ${none}`,
    },
    { name: 'cycles', expr: `${last('cycles')} + 1 and (${isOver}) or ${last('cycles')} and ${none} or ${none}` },
    { name: 'at', expr: `${bucketText(words, now('base'))} and (${now('cycles')} >= 1) or ${none}` },
  ];
}

/** Level and slow level, from which a season that became known is taken off. */
function levelRules({ bands, value, none, now, last }: Words): PromqlRule[] {
  const passed = `(${now('slot')} - ${last('first')})`;
  const off = (name: string, decay: number) => {
    return `(${now(name)} * ${1 - decay} / (1 - ${decay} ^ ${passed}) - ${now('base')} and (${now('settles')} == 1) or ${none})`;
  };
  const rest = `(${value} - ${now('at')})`;
  const moved = (name: string, decay: number, less: string) => {
    const share = `(${1 - decay} / (1 - ${decay} ^ (${last('seen')} + 1)))`;
    const before = `(${last(name)} - ${less})`;
    return `${before} + ${share} * (${rest} - ${before}) or ${rest}`;
  };
  return [
    // What the point is apart from what was usual, before anything of it is learnt.
    { name: 'error', expr: `${value} - ${last('slow')} - ${now('before')} or ${value}` },
    { name: 'residual', expr: `abs(${value} - ${last('level')} - ${now('before')}) / sqrt(1 + ${now('variance')})` },
    { name: 'level', expr: moved('level', bands.levelDecay, off('raw_level', bands.levelBucketDecay)) },
    { name: 'slow', expr: moved('slow', bands.slowDecay, off('raw_slow', bands.slowBucketDecay)) },
  ];
}

/** The visit that is under way; the point with which the season becomes known is not of it. */
function visitRules({ bands, value, none, now, last }: Words): PromqlRule[] {
  const isOver = `(${now('slot')} - ${last('first')} >= ${bands.count}) and (${now('gap')} != 0)`;
  const goesOn = `(${now('gap')} == 0)`;
  const added = `(1 - ${now('settles')})`;
  const counted = `((${value} and (${now('cycles')} == 0)) or ${now('error')})`;
  const so = (name: string) => `(${last(name)} and ${goesOn} or ${none})`;
  return [
    { name: 'points', expr: `${so('points')} + ${added}` },
    { name: 'sum', expr: `${so('sum')} + ${added} * ${counted}` },
    { name: 'sizes', expr: `${so('sizes')} + ${added} * abs(${now('error')})` },
    { name: 'first', expr: `${now('slot')} and (${isOver}) or ${last('first')} and ${none} or ${now('slot')}` },
  ];
}

/** The mean size of residuals, whose weights are cut when the season becomes known. */
function spreadRules({ bands, none, now, last }: Words): PromqlRule[] {
  const { spreadDecay, minPoints } = bands;
  const begins = `${last('seen')} * 0 + 1 and ${none}`;
  const weights = `(${spreadDecay} * ${last('spread_weights')} + 1 and ${none} or ${begins})`;
  const squares = `(${spreadDecay ** 2} * ${last('spread_squares')} + 1 and ${none} or ${begins})`;
  const isCut = `(${weights} ^ 2 / ${squares} > ${minPoints}) and (${now('settles')} == 1)`;
  const cut = `${none} + ${minPoints} and (${isCut})`;
  return [
    {
      name: 'spread',
      expr: `${last('spread')} + (${now('residual')} - ${last('spread')}) / ${weights} or ${now('residual')}`,
    },
    { name: 'spread_weights', expr: `${cut} or ${weights}` },
    { name: 'spread_squares', expr: `${cut} or ${squares}` },
    { name: 'seen', expr: `${last('seen')} + 1 + ${none} or ${none} + 1` },
  ];
}
