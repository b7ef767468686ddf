// The contract of detection. An algorithm is one exported object; the registry (index.ts) lists it, and parser, schema,
// documentation and page follow from its `params`.
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import type { Score, Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import type { Labels, Series, SeriesInfo } from '#model/series.ts';
import type { SampleBlock } from '#model/signal.ts';

export type Param =
  | {
      readonly kind: 'number';
      readonly summary: string;
      /** Absent: the parameter must be given, unless `optional`. */
      readonly default?: number;
      readonly optional?: boolean;
      readonly min?: number;
      readonly max?: number;
      readonly integer?: boolean;
      readonly unit?: string;
    }
  | { readonly kind: 'choice'; readonly summary: string; readonly default: string; readonly choices: readonly string[] }
  | { readonly kind: 'boolean'; readonly summary: string; readonly default: boolean }
  | {
      /** Need not be given. */
      readonly kind: 'text';
      readonly summary: string;
      readonly default?: undefined;
      readonly maxLength: number;
      /** Of the whole text; every reader of a schema and the API server go by it. */
      readonly pattern: string;
      /** What is expected, with an example. */
      readonly expected: string;
      /** What is wrong with a text that fits the pattern, in a sentence; what only we can know, as which time zones there are. */
      problem(text: string): string | undefined;
    };

export interface ParamRule {
  /** In CEL; `self` has the values that were given and the defaults of the rest. */
  readonly rule: string;
  /** The same where there is no CEL; a test holds the two together. */
  readonly holds: (self: ParamValues) => boolean;
  /** What is expected, as a sentence for their author. */
  readonly message: string;
}

export type Params = Readonly<Record<string, Param>>;
export type ParamValues = Readonly<Record<string, number | string | boolean>>;

/** One score per point of the series, as columns. */
export interface Scores {
  readonly scores: Float64Array;
  readonly expected: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface Scorer {
  /** Scores a whole window. Pure: the same series gives the same scores. */
  score(series: Series): Scores;
  /** Absent where the method cannot go point by point. Agrees with `score` after warm-up. */
  readonly online?: OnlineScorer;
}

export interface OnlineScorer {
  /** State after the history's points were seen; a flat array that can be stored and moved. Empty history: cold state. */
  start(history: Series): Float64Array;
  /**
   * Scores `value` against the state and then takes it into the state (a scored point is not part of its own
   * baseline). Fills `out`; allocates nothing. NaN is missing: `out.score` is NaN and the state does not change.
   */
  step(state: Float64Array, timeMs: number, value: number, out: Score): void;
  /** What a finding calls the method when the state has chosen one; absent: the algorithm's own name. */
  nameOf?(state: Float64Array): string;
}

export interface ScorerDeps {
  readonly stepMs: number;
}

/** A method as recording rules of Prometheus: the same figures as stepping gives, within 1e-6. */
export interface PromqlTwin {
  /** Why these values cannot be rules, as a sentence; absent or undefined when they can. */
  refusal?(values: ParamValues, deps: ScorerDeps): string | undefined;
  /**
   * In the order in which they are evaluated: a rule reads what those before it recorded at this moment, and what all of
   * them recorded earlier. Among them are `score`, `expected`, `lower` and `upper`, as far as the method has them.
   */
  rules(values: ParamValues, recorded: Recorded): readonly PromqlRule[];
}

export interface PromqlRule {
  /** Of what is recorded, without the prefix that all of them have. */
  readonly name: string;
  readonly expr: string;
}

/** What is recorded of one detector. */
export interface Recorded {
  /** From one evaluation to the next. */
  readonly stepMs: number;
  /** Selects what is recorded by this name; `value` is what was measured, and absent where it is missing. */
  of(name: string): string;
}

export interface Algorithm {
  readonly name: string;
  /** One sentence for the pick-list. */
  readonly summary: string;
  /** The paper, book or specification it follows. */
  readonly source: string;
  /** What it is for: the series and the faults that suit it, in a sentence or two. */
  readonly shines: string;
  /** What it misses or takes for a fault; as much. */
  readonly fails: string;
  readonly params: Params;
  /** The method as recording rules; absent where it cannot be written in PromQL. */
  readonly promql?: PromqlTwin;
  /** What good values must be together; `rule` is CEL, which every reader of a spec and the API server evaluate. */
  readonly rules?: readonly ParamRule[];
  /** Refuses nothing: `values` were checked against `params` and completed with defaults. */
  create(values: ParamValues, deps: ScorerDeps): Scorer;
}

/** What stepping a block of samples gave. Rows are in the order of the samples; findings in the order they changed. */
export interface StepOutput {
  readonly scores: ScoreBlock;
  /** Tracks seen for the first time in this block, and the number that stands for each in `scores`. */
  readonly newTracks: readonly { readonly track: number; readonly info: Track }[];
  /** Findings that opened, changed or closed, each whole as it now is; a later entry with the same id replaces an earlier. */
  readonly findings: readonly Finding[];
}

/** Steps the series of some partitions: scores, guards, episodes. One per worker; single-threaded; deterministic. */
export interface Engine {
  /** Makes series known before their samples come. Knowing one twice changes nothing. */
  addSeries(series: readonly SeriesInfo[]): void;
  /**
   * Lets the series with these ids go, and returns the tracks that are no more. What belongs to a family with an open
   * episode stays until that is over, and is among the tracks of a later call. Changes no score where the series' plans
   * forget it by then (`Plan.forgetMs`).
   */
  removeSeries?(ids: readonly number[]): readonly number[];
  /** `beneath`: by the denominator's name, what lies beneath each sample, for plans that ask for it. */
  step(block: SampleBlock, beneath?: ReadonlyMap<string, Float64Array>): StepOutput;
  /**
   * Tells that everything seen before `seenMs` has been stepped, and returns the findings that closed because their
   * series fell silent. Without it they close, with the same times, at the next sample of their family.
   */
  advance?(seenMs: number): readonly Finding[];
  /** What was counted since the start; nothing is dropped without being counted here. */
  counters?(): EngineCounters;
  /** Gives back what it shares with other engines of its thread; nobody steps it any more. */
  close?(): void;
}

export interface EngineCounters {
  /** Samples stepped, and the (detector, series) rows they gave. */
  readonly samples: number;
  readonly rows: number;
  /** Rows without a value (NaN or infinite). */
  readonly missing: number;
  /** Samples not newer than their series' last: ignored. */
  readonly outOfOrder: number;
  /** Samples whose series was never named: ignored. */
  readonly unknownSeries: number;
  /** Samples that no plan watches. */
  readonly unwatched: number;
}

/** A scored window of one series: columns of one length, ascending in time. */
export interface GivenScores extends Scores {
  /** The series' key. */
  readonly key: string;
  readonly labels: Labels;
  readonly stepMs: number;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** What was beneath each point, where the plan asks for it. */
  readonly denominators?: Float64Array;
  /** When the window was scored. */
  readonly seenMs: number;
}

/** Guards and episodes for scores that come from elsewhere; one a detector. */
/** What judging a window gives. */
export interface JudgeOutput extends StepOutput {
  /** Time of the point that confirmed the finding that the series is part of after it; absent without an open one. */
  readonly openSinceMs?: number;
}

export interface Judge {
  /** Rows for the points that are newer than the series' last, and the findings that changed. */
  take(given: GivenScores): JudgeOutput;
  /** As of an engine. */
  advance(seenMs: number): readonly Finding[];
  /** Lets the series go whose newest point is older: no window that is still to come may reach back to it. */
  forgetBefore(timeMs: number): void;
}

export type JudgeFactory = (plan: Plan) => Judge;

export type EngineFactory = (plans: readonly Plan[]) => Engine;
