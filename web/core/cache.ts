// What was fetched, by key: shown at once from memory and fetched again when it may have changed (stale while
// revalidating). One request a key at a time; a burst of changes becomes one more request, not many. Plain TypeScript:
// React reads it through one hook.

export interface Snapshot<T> {
  /** Absent until the first answer; kept while it is fetched again, and kept when that fails. */
  readonly data?: T;
  readonly error?: Error;
  readonly loading: boolean;
}

export interface Cache {
  read<T>(key: string): Snapshot<T>;
  /** Keeps `key` fresh while it is watched; returns how to stop. */
  watch<T>(key: string, fetcher: () => Promise<T>, listener: () => void): () => void;
  /** Everything may have changed: what is watched is fetched again, the rest when it is next watched. */
  invalidate(): void;
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
  const entryOf = (key: string): Entry => {
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { ...emptyEntry(), listeners: new Set() };
      entries.set(key, entry);
      forgetOldest(entries, keep);
    }
    return entry;
  };

  const start = (entry: Entry): void => {
    const { fetcher } = entry;
    if (fetcher === undefined) return;
    entry.stale = false;
    entry.startedMs = now();
    set(entry, { ...entry.snapshot, loading: true });
    const settle = (result: Snapshot<unknown>): void => {
      set(entry, result);
      if (!entry.again) return;
      entry.again = false;
      refresh(entry);
    };
    fetcher().then(
      (data) => settle({ data, loading: false }),
      (error: Error) => {
        entry.stale = true;
        settle({ ...withoutError(entry.snapshot), error, loading: false });
      },
    );
  };

  const refresh = (entry: Entry): void => {
    entry.stale = true;
    if (entry.listeners.size === 0) return;
    if (entry.snapshot.loading) {
      entry.again = true;
      return;
    }
    if (entry.timer !== undefined) return;
    const waitMs = entry.startedMs + minGapMs - now();
    if (waitMs <= 0) {
      start(entry);
      return;
    }
    entry.timer = setTimer(() => {
      entry.timer = undefined;
      if (entry.listeners.size > 0 && !entry.snapshot.loading) start(entry);
    }, waitMs);
  };

  return {
    read: <T>(key: string) => (entries.get(key)?.snapshot ?? IDLE) as Snapshot<T>,
    watch(key, fetcher, listener) {
      const entry = entryOf(key);
      entry.fetcher = fetcher;
      entry.listeners.add(listener);
      if (entry.stale && !entry.snapshot.loading) start(entry);
      return () => entry.listeners.delete(listener);
    },
    invalidate() {
      for (const entry of entries.values()) refresh(entry);
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

function emptyEntry(): Omit<Entry, 'listeners'> {
  return { snapshot: IDLE, fetcher: undefined, stale: true, again: false, startedMs: -Infinity, timer: undefined };
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
