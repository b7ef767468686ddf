// The gates of a back-test, for somebody's CI: each holds for every detector and for all of them together.
import { denominatorText, lackOf } from '../denominators.ts';
import type { BacktestReport, BacktestRow } from './report.ts';
import { lackOfScores, unscoredText } from './unscored.ts';

export interface Limits {
  readonly maxFindingsPerDay?: number;
  /** 0..1 */
  readonly minCaught?: number;
}

/** What one gate says of one detector, '' for all together. */
export interface Verdict {
  readonly detector: string;
  readonly gate: 'max-findings-per-day' | 'min-caught' | 'sees-something' | 'scores-something' | 'has-denominator';
  readonly state: 'passed' | 'failed' | 'not-judged';
  /** With the numbers. */
  readonly message: string;
}

/** In the order of the detectors, all together last; without a limit there is no gate. `blind` are those that match no series. */
export function judgeGates(report: BacktestReport, blind: readonly string[], limits: Limits): Verdict[] {
  const { maxFindingsPerDay, minCaught } = limits;
  const isAsked = maxFindingsPerDay !== undefined || minCaught !== undefined;
  return [
    ...(isAsked ? [...blind.map(blindVerdict), ...unscoredVerdicts(report), ...denominatorVerdicts(report)] : []),
    ...(maxFindingsPerDay === undefined ? [] : findingsVerdicts(report, maxFindingsPerDay)),
    ...(minCaught === undefined ? [] : caughtVerdicts(report, minCaught)),
  ];
}

function blindVerdict(detector: string): Verdict {
  return { detector, gate: 'sees-something', state: 'failed', message: 'it matches no series' };
}

/** Nor is quiet what nobody judged. */
export function unscoredVerdicts({ unscored }: Pick<BacktestReport, 'unscored'>): Verdict[] {
  const states = { all: 'failed', most: 'not-judged' } as const;
  return unscored.map((row) => {
    const lack = lackOfScores(row);
    const state = lack === undefined ? 'passed' : states[lack];
    return { detector: row.detector, gate: 'scores-something', state, message: unscoredText(row) };
  });
}

/** Whether no point of a row's series was scored: its numbers say nothing. */
export function isUnjudged({ detector }: BacktestRow, { detectors, unscored }: BacktestReport): boolean {
  const without = new Set(unscored.filter((row) => lackOfScores(row) === 'all').map((row) => row.detector));
  return detector === '' ? detectors.every((row) => without.has(row.detector)) : without.has(detector);
}

/** Quiet for want of a denominator is not quiet. */
export function denominatorVerdicts({ denominators }: Pick<BacktestReport, 'denominators'>): Verdict[] {
  const states = { none: 'failed', some: 'not-judged' } as const;
  return denominators.map((row) => {
    const lack = lackOf(row);
    const state = lack === undefined ? 'passed' : states[lack];
    return { detector: row.detector, gate: 'has-denominator', state, message: denominatorText(row) };
  });
}

function findingsVerdicts(report: BacktestReport, limit: number): Verdict[] {
  return [...report.detectors, report.total].map((row): Verdict => {
    const { detector, findings, findingsPerDay } = row;
    if (isUnjudged(row, report))
      return { detector, gate: 'max-findings-per-day', state: 'not-judged', message: 'no point was scored' };
    const isMore = findingsPerDay > limit;
    const compared = isMore ? 'more than' : 'within';
    return {
      ...{ detector, gate: 'max-findings-per-day', state: isMore ? 'failed' : 'passed' },
      message: `${findingsPerDay.toFixed(1)} findings a day (${findings} in all) are ${compared} the ${limit} that --max-findings-per-day allows`,
    };
  });
}

function caughtVerdicts({ injection }: BacktestReport, least: number): Verdict[] {
  if (injection === undefined) return [];
  return [...injection.detectors, { detector: '', ...injection.total }].map((row): Verdict => {
    const { detector, injected, caught, caughtRatio } = row;
    const gate = 'min-caught';
    if (caughtRatio === null) {
      // Of one detector it may be its nature; of all together nothing was measured.
      const state = detector === '' ? 'failed' : 'not-judged';
      return { detector, gate, state, message: 'no fault could be injected, so that none could be caught' };
    }
    const isLess = caughtRatio < least;
    const asked = `${isLess ? 'fewer than' : 'at least'} the ${percent(least)} that --min-caught asks for`;
    const message = `${caught} of ${injected} injected faults caught (${percent(caughtRatio)}), ${asked}`;
    return { detector, gate, state: isLess ? 'failed' : 'passed', message };
  });
}

export function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(1))} %`;
}

/** More detectors than this are counted. */
const MOST_NAMED = 5;

/** Sentences of what failed, each gate's all together first, then its detectors; undefined when nothing did. */
export function gateFailure(verdicts: readonly Verdict[]): string | undefined {
  const failed = verdicts.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return undefined;
  const known = new Set(verdicts.map(({ detector }) => detector).filter((detector) => detector !== ''));
  const lines = [...Map.groupBy(failed, ({ gate }) => gate)].flatMap(([gate, all]) => {
    const own = all
      .filter(({ detector }) => detector !== '')
      .map(({ detector, message }) => `  ${detector}: ${message}`);
    const more = own.length > MOST_NAMED ? [`  … and ${own.length - MOST_NAMED} more detectors`] : [];
    const head =
      headOf(gate, new Set(all.map(({ detector }) => detector)).size, known.size) ??
      all.find(({ detector }) => detector === '')?.message;
    const first = head ?? `--${gate} holds for all together, but not for each detector:`;
    return [first, ...own.slice(0, MOST_NAMED), ...more];
  });
  return lines.join('\n');
}

/** Of gates that are no option. */
function headOf(gate: Verdict['gate'], failed: number, all: number): string | undefined {
  const of = `a gate needs detectors that see something; ${failed} of ${all}`;
  if (gate === 'sees-something') return `${of} match no series`;
  if (gate === 'scores-something') return `${of} scored no point`;
  return gate === 'has-denominator' ? `${of} never have the denominator that they ask for` : undefined;
}
