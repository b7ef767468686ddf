// The worker's end of a back-test, apart from the browser's words for it. One run at a time, and of those that wait the newest
// alone. A newer wish ends the run that is under way, unless that is nearly there: under a hand that drags a slider even a
// method that needs a quarter of a second shows what becomes of it.
import { type Backtest, createBacktest, type RunPorts } from './run.ts';
import type { FromWorker, ToWorker } from './runner.ts';

/** A run tells how far it is when it took this long, and then as often. */
const TELL_MS = 150;
/** One that takes no longer in all is not left. */
const SHORT_MS = 400;

export interface LoopPorts {
  readonly nowMs: () => number;
  readonly tell: (message: FromWorker) => void;
  /** Lets messages in that wait. */
  readonly pause: () => Promise<void>;
}

type Asked = Extract<ToWorker, { readonly kind: 'run' }>;

/** What to do with each message; resolves when there is nothing left to do. */
export function createLoop({ nowMs, tell, pause }: LoopPorts): (message: ToWorker) => Promise<void> {
  let backtest: Backtest | undefined;
  let newest: Asked | undefined;
  let running: Promise<void> | undefined;

  function portsOf({ id, wish }: Asked): RunPorts {
    const beganMs = nowMs();
    let toldMs = beganMs;
    return {
      nowMs,
      async goesOn(ratio) {
        await pause();
        const takesMs = (nowMs() - beganMs) / ratio;
        if (newest !== undefined && (takesMs > SHORT_MS || backtest?.scoresAlike(newest.wish, wish))) return false;
        if (nowMs() - toldMs >= TELL_MS) {
          toldMs = nowMs();
          tell({ kind: 'progress', id, ratio });
        }
        return true;
      },
    };
  }

  async function answer(asked: Asked): Promise<void> {
    const { id, wish } = asked;
    try {
      const outcome = await backtest?.run(wish, portsOf(asked));
      if (outcome !== undefined) tell({ kind: 'done', id, outcome });
    } catch (error) {
      tell({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  async function answerAll(): Promise<void> {
    for (let asked = newest; asked !== undefined; asked = newest) {
      newest = undefined;
      await answer(asked);
    }
    running = undefined;
  }

  return (message) => {
    if (message.kind === 'load') {
      backtest = createBacktest(message.history);
      return Promise.resolve();
    }
    newest = message;
    running ??= answerAll();
    return running;
  };
}
