// A back-test: the very engine steps the points of one series by a plan, block after block. Between two blocks it gives way,
// so that a worker hears of newer settings and a slow method can be left; a block is as long as a few milliseconds allow.
// Scores are kept: where only threshold or guards changed, the engine judges those that it has.
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS, createEngine } from '#detect/index.ts';
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import { emptyBlock, type Points, setPoints } from '#model/score-block.ts';
import type { Labels } from '#model/series.ts';
import { type ChosenFault, type Laid, layFault } from './fault.ts';
import { type FaultVerdict, faultVerdict } from './fault-verdict.ts';
import { type KeptScores, keepScores, scoresKey } from './kept-scores.ts';

/** All that the store has of one series, never decimated: columns of one length, NaN where a value is missing. */
export interface History {
  readonly labels: Labels;
  readonly stepMs: number;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** What is asked of one history. */
export interface Wish {
  readonly plan: Plan;
  /** Laid on the history first. */
  readonly fault?: ChosenFault | undefined;
}

export interface Outcome {
  readonly points: Points;
  /** In the order in which they opened, each as it stands at the end. */
  readonly findings: readonly Finding[];
  /** Absent without a fault, and where it begins after the last point. */
  readonly fault?: FaultVerdict;
}

export interface RunPorts {
  readonly nowMs: () => number;
  /** Called between two blocks with the share that is done; false leaves the run. */
  readonly goesOn: (ratio: number) => Promise<boolean>;
}

/** Runs of one history, which remember what they scored. */
export interface Backtest {
  /** Resolves to undefined when it was left. Rejects when the engine refuses the plan. */
  run(wish: Wish, ports: RunPorts): Promise<Outcome | undefined>;
  /** Whether only the judging differs: what one has scored the other need not. */
  scoresAlike(a: Wish, b: Wish): boolean;
}

const BLOCK_MS = 8;
const FIRST_BLOCK = 64;
/** Settings whose scores are kept: a slider goes back and forth, and so does the browser's history. */
const MOST_KEPT = 8;
/** With more points than this in all, fewer are kept: each costs 64 bytes. */
const MOST_POINTS = 1_000_000;

type Ground = Pick<Laid, 'history' | 'first'>;

export function createBacktest(history: History): Backtest {
  const count = history.timesMs.length;
  /** The one that was used last is the last. */
  const kept = new Map<string, KeptScores>();
  const algorithms: Readonly<Record<string, Algorithm>> = ALGORITHMS;
  const keyOf = ({ plan: { algorithm, parameters }, fault }: Wish): string =>
    `${fault === undefined ? '' : JSON.stringify(fault)}${scoresKey(algorithm, algorithms[algorithm], parameters)}`;

  /** Until the fault begins the scores are those without it. */
  function scoresOf(wish: Wish, faultRow = 0): KeptScores | undefined {
    const algorithm = algorithms[wish.plan.algorithm];
    if (algorithm === undefined) return undefined;
    const key = keyOf(wish);
    const clean = wish.fault && kept.get(keyOf({ plan: wish.plan }));
    const scores = kept.get(key) ?? clean?.branch(faultRow) ?? keepScores(algorithm, count);
    kept.delete(key);
    kept.set(key, scores);
    // With a fault two are needed at once.
    const most = Math.max(2, Math.min(MOST_KEPT, Math.floor(MOST_POINTS / count)));
    for (const oldest of [...kept.keys()].slice(0, -most)) kept.delete(oldest);
    return scores;
  }

  function step(wish: Wish, { history: on, first }: Ground, ports: RunPorts): Promise<Outcome | undefined> {
    const scores = scoresOf(wish, first);
    const registry = scores === undefined ? ALGORITHMS : { [wish.plan.algorithm]: scores.algorithm };
    const engine = createEngine([wish.plan], registry);
    return stepAll(engine, on, scores?.scored() ?? 0, ports);
  }

  async function run({ plan, fault }: Wish, { nowMs, goesOn }: RunPorts): Promise<Outcome | undefined> {
    const laid = fault && layFault(history, fault);
    if (laid === undefined) return step({ plan }, { history, first: 0 }, { nowMs, goesOn });
    // What is found without it is not of the fault. Mostly that is known, and what is left takes less than is told.
    const clean = await step({ plan }, { history, first: 0 }, { nowMs, goesOn: (ratio) => goesOn(ratio / 2) });
    if (clean === undefined) return undefined;
    const faulty = await step({ plan, fault }, laid, { nowMs, goesOn: (ratio) => goesOn((1 + ratio) / 2) });
    if (faulty === undefined) return undefined;
    const { points, findings } = faulty;
    return { points, findings, fault: faultVerdict(laid, points, findings, clean.findings) };
  }
  return { run, scoresAlike: (a, b) => keyOf(a) === keyOf(b) };
}

/** `known`: so many points at the beginning cost next to nothing. */
async function stepAll(
  engine: ReturnType<typeof createEngine>,
  history: History,
  known: number,
  ports: RunPorts,
): Promise<Outcome | undefined> {
  engine.addSeries([{ id: 0, labels: history.labels, stepMs: history.stepMs }]);
  const count = history.timesMs.length;
  const points = emptyBlock(count);
  const ids = new Uint32Array(count);
  const findings = new Map<string, Finding>();
  let size = FIRST_BLOCK;
  for (let from = 0; from < count; ) {
    // What comes after the known ones takes far longer: how long a block may be is found anew.
    if (from === known) size = FIRST_BLOCK;
    const to = Math.min(count, from + size, from < known ? known : count);
    const beganMs = ports.nowMs();
    const timesMs = history.timesMs.subarray(from, to);
    const values = history.values.subarray(from, to);
    const output = engine.step({ timesMs, seenMs: timesMs, ids: ids.subarray(from, to), values });
    setPoints(points, output.scores, from);
    for (const finding of output.findings) findings.set(finding.id, finding);
    const tookMs = ports.nowMs() - beganMs;
    size = Math.max(1, Math.min(4 * size, Math.floor((size * BLOCK_MS) / Math.max(tookMs, 0.1))));
    from = to;
    if (from < count && !(await ports.goesOn(from / count))) return undefined;
  }
  const { timesMs, seenMs, values, scores, expected, lower, upper, flags } = points;
  return {
    points: { timesMs, seenMs, values, scores, expected, lower, upper, flags },
    findings: [...findings.values()],
  };
}
