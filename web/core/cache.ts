// What was fetched, by key: shown at once from memory and fetched again when it may have changed (stale while
// revalidating). One request a key at a time; a burst of changes becomes one more request, not many. Plain TypeScript:
// React reads it through one hook.

export interface Snapshot<T> {
  /** Absent until the first answer; kept while it is fetched again, and kept when that fails. */
  readonly data?: T;
  readonly error?: Error;
  readonly loading: boolean;
  /** From before a jump: to be shown as a picture of then, not as what is. */
  readonly outdated?: boolean;
}

export interface Cache {
  read<T>(key: string): Snapshot<T>;
  /** Keeps `key` fresh while it is watched; returns how to stop. */
  watch<T>(key: string, fetcher: () => Promise<T>, listener: () => void): () => void;
  /** Everything may have changed: what is watched is fetched again, the rest when it is next watched. */
  invalidate(): void;
  /**
   * While held, as during a jump, what is there stays as it is and is marked as outdated; only what was never answered
   * is fetched. Letting go fetches what is watched again.
   */
  hold(held: boolean): void;
  retry(key: string): void;
  /** Puts an answer that came another way. */
  put<T>(key: string, data: T): void;
}

interface Entry {
  snapshot: Snapshot<unknown>;
  fetcher: (() => Promise<unknown>) | undefined;
  readonly listeners: Set<() => void>;
  stale: boolean;
  again: boolean;
  /** The answer under way was asked for before a jump ended. */
  passing: boolean;
  startedMs: number;
  timer: unknown;
}

export interface CacheOptions {
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => unknown;
  /** Least time between the starts of two requests of one key. */
  readonly minGapMs?: number;
  /** Entries kept that nobody watches. */
  readonly keep?: number;
}

const IDLE: Snapshot<never> = { loading: false };

export function createCache({ now, setTimer, minGapMs = 1000, keep = 200 }: CacheOptions): Cache {
  const entries = new Map<string, Entry>();
  let held = false;
  const entryOf = (key: string): Entry => entries.get(key) ?? newEntry(entries, key, keep);

  const mayStart = (entry: Entry): boolean => !entry.snapshot.loading && !(held && 'data' in entry.snapshot);

  const start = (entry: Entry): void => {
    const { fetcher } = entry;
    if (fetcher === undefined) return;
    entry.stale = false;
    entry.startedMs = now();
    set(entry, { ...entry.snapshot, loading: true });
    const settle = (result: Snapshot<unknown>): void => {
      set(entry, settled(entry, result, held));
      const { again, passing } = entry;
      entry.again = false;
      entry.passing = false;
      if (again) refresh(entry, passing);
    };
    fetcher().then(
      (data) => settle({ data, loading: false }),
      (error: Error) => {
        entry.stale = true;
        settle({ ...withoutError(entry.snapshot), error, loading: false });
      },
    );
  };

  const refresh = (entry: Entry, atOnce = false): void => {
    entry.stale = true;
    if (entry.listeners.size === 0 || (held && 'data' in entry.snapshot)) return;
    if (entry.snapshot.loading) {
      entry.again = true;
      return;
    }
    if (entry.timer !== undefined && !atOnce) return;
    const waitMs = entry.startedMs + minGapMs - now();
    if (waitMs <= 0 || atOnce) {
      start(entry);
      return;
    }
    entry.timer = setTimer(() => {
      entry.timer = undefined;
      if (entry.listeners.size > 0 && mayStart(entry)) start(entry);
    }, waitMs);
  };

  return {
    read: <T>(key: string) => (entries.get(key)?.snapshot ?? IDLE) as Snapshot<T>,
    watch(key, fetcher, listener) {
      const entry = entryOf(key);
      entry.fetcher = fetcher;
      entry.listeners.add(listener);
      if (entry.stale && mayStart(entry)) start(entry);
      return () => entry.listeners.delete(listener);
    },
    invalidate() {
      for (const entry of entries.values()) refresh(entry);
    },
    hold(next) {
      if (next === held) return;
      held = next;
      for (const entry of entries.values()) {
        if (!held) {
          entry.passing = entry.snapshot.loading;
          refresh(entry, true);
        } else if (entry.snapshot !== IDLE) set(entry, { ...entry.snapshot, outdated: true });
      }
    },
    retry(key) {
      const entry = entries.get(key);
      if (entry !== undefined && !entry.snapshot.loading) start(entry);
    },
    put(key, data) {
      set(entryOf(key), { data, loading: false });
    },
  };
}

function newEntry(entries: Map<string, Entry>, key: string, keep: number): Entry {
  const state = { snapshot: IDLE, fetcher: undefined, stale: true, again: false, passing: false, startedMs: -Infinity };
  const entry: Entry = { ...state, timer: undefined, listeners: new Set() };
  entries.set(key, entry);
  forgetOldest(entries, keep);
  return entry;
}

/** What to show after an answer. One of a moment that a jump passed through says less than the picture from before. */
function settled(entry: Entry, result: Snapshot<unknown>, held: boolean): Snapshot<unknown> {
  if (!held && !entry.passing) return result;
  entry.stale = true;
  const kept = 'data' in entry.snapshot ? { ...entry.snapshot, loading: false } : result;
  return { ...kept, outdated: true };
}

function withoutError(snapshot: Snapshot<unknown>): Snapshot<unknown> {
  return 'data' in snapshot ? { data: snapshot.data, loading: false } : { loading: false };
}

function set(entry: Entry, snapshot: Snapshot<unknown>): void {
  entry.snapshot = snapshot;
  for (const listener of [...entry.listeners]) listener();
}

/** Drops the oldest entries that nobody watches; a Map remembers the order of insertion. */
function forgetOldest(entries: Map<string, Entry>, keep: number): void {
  let excess = entries.size - keep;
  for (const [key, entry] of entries) {
    if (excess-- <= 0) return;
    if (entry.listeners.size === 0 && !entry.snapshot.loading && entry.fetcher !== undefined) entries.delete(key);
  }
}
