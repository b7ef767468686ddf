// What arrives by itself: server-sent events. `replay` tells each second where the replay is, `changed` that what was
// fetched may be out of date. When the connection is lost this says so and since when, and polls until it is back.
import type { ReplayState } from '#api/rest/contract.ts';
import { type Jump, type JumpWatch, watchJumps } from './jump.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number };

export interface Live {
  connection(): Connection;
  replay(): ReplayState | undefined;
  jump(): Jump | undefined;
  subscribe(listener: () => void): () => void;
  /** How long ago the state came. */
  ageMs(): number;
  /** Takes a state that came as the answer to a command, which may have been a jump. */
  accept(state: ReplayState, jumped: boolean): void;
  /** A jump is asked for: it is under way until `accept` brings its answer and the replay has caught up. */
  aim(toMs: number): void;
  /** The jump that was asked for was refused. */
  giveUp(): void;
  stop(): void;
}

interface Source {
  addEventListener(name: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LiveOptions {
  readonly open: () => Source;
  readonly poll: () => Promise<ReplayState>;
  readonly changed: () => void;
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => unknown;
}

export const POLL_MS = 5000;
/** Most jumps are over before the stream tells of them. */
const FOLLOW_MS = 200;

export function startLive(options: LiveOptions): Live {
  const { tell, subscribe } = createTeller();
  let connection: Connection = { state: 'connecting' };
  let replay: ReplayState | undefined;
  let source: Source | undefined;
  let stopped = false;
  let polling = false;
  let takenMs = 0;
  const jumps = watchJumps();
  const take = (state: ReplayState): void => {
    jumps.see(state, replay);
    replay = state;
    takenMs = options.now();
    tell();
    if (jumps.jump() !== undefined) follow();
  };
  const ask = createAsker(options, jumps, take);
  const follow = once(options, FOLLOW_MS, ask);
  const alive = (): void => {
    if (connection.state === 'live') return;
    const wasLost = connection.state === 'lost';
    connection = { state: 'live' };
    if (wasLost) options.changed();
    tell();
  };

  const pollOnce = (): void => {
    if (stopped || connection.state === 'live') {
      polling = false;
      return;
    }
    options.changed();
    ask();
    connect();
    options.setTimer(pollOnce, POLL_MS);
  };

  const lost = (): void => {
    if (connection.state !== 'lost') {
      connection = { state: 'lost', sinceMs: options.now() };
      tell();
      // A page whose stream never opened has nothing to show yet.
      if (replay === undefined) ask();
    }
    if (polling || stopped) return;
    polling = true;
    options.setTimer(pollOnce, POLL_MS);
  };

  /** A new source each time: a browser gives up for good after some kinds of failure. */
  const connect = (): void => {
    source?.close();
    source = listen(options, { alive, take, lost });
  };

  connect();
  return {
    connection: () => connection,
    replay: () => replay,
    jump: jumps.jump,
    subscribe,
    ageMs: () => Math.min(POLL_MS, options.now() - takenMs),
    accept(state, jumped) {
      if (jumped) jumps.answered();
      take(state);
    },
    aim(toMs) {
      jumps.aim(toMs);
      tell();
    },
    giveUp() {
      jumps.giveUp();
      tell();
    },
    stop() {
      stopped = true;
      source?.close();
    },
  };
}

function createTeller(): { tell(): void; subscribe(listener: () => void): () => void } {
  const listeners = new Set<() => void>();
  return {
    tell() {
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Asks for the state. What was asked before a jump was answered is not taken: it may be from before the jump. */
function createAsker({ poll }: LiveOptions, { answers }: JumpWatch, take: (state: ReplayState) => void): () => void {
  return () => {
    const before = answers();
    const takeIfNew = (state: ReplayState): void => {
      if (answers() === before) take(state);
    };
    poll().then(takeIfNew, () => {});
  };
}

/** Runs `work` after a while, however often it is asked for meanwhile. */
function once({ setTimer }: LiveOptions, delayMs: number, work: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimer(() => {
      waiting = false;
      work();
    }, delayMs);
  };
}

interface Listeners {
  readonly alive: () => void;
  readonly take: (state: ReplayState) => void;
  readonly lost: () => void;
}

function listen({ open, changed }: LiveOptions, { alive, take, lost }: Listeners): Source {
  const source = open();
  source.addEventListener('open', alive);
  source.addEventListener('replay', (event) => {
    alive();
    const state = parse(event.data);
    if (state !== undefined) take(state as ReplayState);
  });
  source.addEventListener('changed', () => {
    alive();
    changed();
  });
  source.addEventListener('error', lost);
  return source;
}

/** A line that is not JSON is passed over: the next one comes in a second. */
function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
