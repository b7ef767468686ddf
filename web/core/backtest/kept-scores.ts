// The scores of a method on one history, worked out once: whoever changes only threshold or guards judges them anew by the very
// engine, and whoever left in the middle goes on from there. For the engine it is the method itself: it steps from row to row,
// and what was scored before is read instead. Costs 64 bytes a point, and a few states of the method.
import type { Algorithm, OnlineScorer, ParamValues } from '#detect/contract.ts';
import { completeParams } from '#detect/settings.ts';
import { onlineOf } from '#detect/windowed.ts';
import { emptyScore, type Score } from '#model/score.ts';

const FIELDS = Object.keys(emptyScore()) as (keyof Score)[];
/** So many states of the method are kept: from one of them a history goes on that is another from some row on. */
const STATES = 16;

export interface KeptScores {
  /** The method, for an engine that steps this one history from its first point on, under these parameters. */
  readonly algorithm: Algorithm;
  /** How many points are scored so far. */
  scored(): number;
  /** For a history that is the same before `row`: what is scored of that, as far as a state was kept. */
  branch(row: number): KeptScores;
}

/** What was scored before, and the method's state then. */
interface Known {
  readonly scored: number;
  readonly columns: readonly Float64Array[];
  readonly names: readonly string[];
  readonly nameAt: Uint8Array;
  readonly state: Float64Array;
}

/** Scores of `points` points at most. */
export function keepScores(algorithm: Algorithm, points: number, known?: Known): KeptScores {
  const columns = FIELDS.map(() => new Float64Array(points));
  const names: string[] = [...(known?.names ?? [])];
  const nameAt = new Uint8Array(points);
  const every = Math.max(1, Math.ceil(points / STATES));
  /** By the row that comes next. */
  const states = new Map<number, Float64Array>();
  let scored = known?.scored ?? 0;
  if (known !== undefined) {
    for (const [index, column] of columns.entries()) column.set(known.columns[index]?.subarray(0, scored) ?? []);
    nameAt.set(known.nameAt.subarray(0, scored));
    states.set(scored, known.state);
  }

  function replay(row: number, out: Score): void {
    for (const [index, column] of columns.entries()) out[FIELDS[index] as keyof Score] = column[row] as number;
  }

  function keep(row: number, score: Score, name: string | undefined): void {
    for (const [index, column] of columns.entries()) column[row] = score[FIELDS[index] as keyof Score];
    scored = row + 1;
    if (name === undefined) return;
    if (!names.includes(name)) names.push(name);
    nameAt[row] = names.indexOf(name);
  }

  /** Its state is the number of the next row; that of the method goes on from one engine to the next. */
  function keeping(online: OnlineScorer, state: Float64Array): OnlineScorer {
    const { nameOf } = online;
    return {
      start: () => new Float64Array(1),
      step(at, timeMs, value, out) {
        const row = at[0] as number;
        at[0] = row + 1;
        if (row < scored) {
          replay(row, out);
          return;
        }
        if (row % every === 0) states.set(row, state.slice());
        online.step(state, timeMs, value, out);
        keep(row, out, nameOf?.(state));
      },
      ...(nameOf !== undefined && { nameOf: (at) => names[nameAt[(at[0] as number) - 1] ?? 0] ?? algorithm.name }),
    };
  }

  let kept: OnlineScorer | undefined;
  return {
    scored: () => scored,
    branch(row) {
      const from = Math.max(0, ...[...states.keys()].filter((one) => one <= row));
      const state = states.get(from);
      return keepScores(algorithm, points, state && { scored: from, columns, names, nameAt, state });
    },
    algorithm: {
      ...algorithm,
      create(values, deps) {
        const scorer = algorithm.create(values, deps);
        if (kept === undefined) {
          const online = onlineOf(scorer, values, deps.stepMs);
          const none = new Float64Array(0);
          const state = known?.state.slice() ?? online.start({ stepMs: deps.stepMs, timesMs: none, values: none });
          kept = keeping(online, state);
        }
        return { score: scorer.score, online: kept };
      },
    },
  };
}

/** The same text for settings that score alike; `algorithm` is absent where there is none of this name. */
export function scoresKey(name: string, algorithm: Algorithm | undefined, parameters: ParamValues): string {
  const complete = Object.entries(completeParams(algorithm?.params ?? {}, parameters));
  return JSON.stringify([name, complete.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
