// The page's end of the back-test's worker: sends the history once and then only wishes. What it hears of older ones stands until
// the newest is answered.
import type { History, Outcome, Wish } from './run.ts';

export type ToWorker =
  | { readonly kind: 'load'; readonly history: History }
  | { readonly kind: 'run'; readonly id: number; readonly wish: Wish };

export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly ratio: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: Outcome }
  /** Without an id all of it failed. */
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly message: string };

export interface Thread {
  send(message: ToWorker): void;
  stop(): void;
}

export interface Run {
  /** The newest that was answered, which may be of earlier settings; undefined before the first. */
  readonly wish?: Wish;
  readonly outcome?: Outcome;
  /** 0 to 1 while a newer one is under way. */
  readonly progress?: number;
  readonly error?: string;
}

export interface Runner {
  get(): Run;
  subscribe(listener: () => void): () => void;
  run(wish: Wish): void;
  stop(): void;
}

/** `open` starts a thread that tells what it has to say. */
export function createRunner(history: History, open: (hear: (message: FromWorker) => void) => Thread): Runner {
  const listeners = new Set<() => void>();
  let state: Run = {};
  let newest = 0;
  /** By their numbers, those that may still be answered. */
  const asked = new Map<number, Wish>();
  const set = (next: Run): void => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const hear = (message: FromWorker): void => {
    if (message.kind === 'failed' && message.id === undefined) set({ error: message.message });
    const { id } = message;
    const wish = id === undefined ? undefined : asked.get(id);
    if (id === undefined || wish === undefined) return;
    if (message.kind === 'progress') {
      set({ ...state, progress: message.ratio });
      return;
    }
    for (const older of asked.keys()) if (older <= id) asked.delete(older);
    if (message.kind === 'done') set({ wish, outcome: message.outcome });
    else if (id === newest) set({ error: message.message });
  };
  const thread = open(hear);
  thread.send({ kind: 'load', history });
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run(wish) {
      asked.set(++newest, wish);
      thread.send({ kind: 'run', id: newest, wish });
    },
    stop: () => thread.stop(),
  };
}
