// What arrives by itself: server-sent events. `replay` tells each second where the replay is, `changed` that what was
// fetched may be out of date. When the connection is lost this says so and since when, and polls until it is back.
import type { ReplayState } from '#api/rest/contract.ts';
import { type Jump, watchJumps } from './jump.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number };

export interface Live {
  connection(): Connection;
  replay(): ReplayState | undefined;
  jump(): Jump | undefined;
  subscribe(listener: () => void): () => void;
  /** Takes a state that came as the answer to a command. */
  accept(state: ReplayState): void;
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

export function startLive(options: LiveOptions): Live {
  const listeners = new Set<() => void>();
  let connection: Connection = { state: 'connecting' };
  let replay: ReplayState | undefined;
  let source: Source | undefined;
  let stopped = false;
  let polling = false;
  const jumps = watchJumps();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const take = (state: ReplayState): void => {
    jumps.see(state, replay);
    replay = state;
    tell();
  };

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
    options.poll().then(take, () => {});
    connect();
    options.setTimer(pollOnce, POLL_MS);
  };

  const lost = (): void => {
    if (connection.state !== 'lost') {
      connection = { state: 'lost', sinceMs: options.now() };
      tell();
      // A page whose stream never opened has nothing to show yet.
      if (replay === undefined) options.poll().then(take, () => {});
    }
    if (polling || stopped) return;
    polling = true;
    options.setTimer(pollOnce, POLL_MS);
  };

  /** A new source each time: a browser gives up for good after some kinds of failure. */
  const connect = (): void => {
    source?.close();
    source = options.open();
    listen(source, { alive, take, changed: options.changed, lost });
  };

  connect();
  return {
    connection: () => connection,
    replay: () => replay,
    jump: jumps.jump,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    accept(state) {
      jumps.answered();
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

interface Listeners {
  readonly alive: () => void;
  readonly take: (state: ReplayState) => void;
  readonly changed: () => void;
  readonly lost: () => void;
}

function listen(source: Source, { alive, take, changed, lost }: Listeners): void {
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
}

/** A line that is not JSON is passed over: the next one comes in a second. */
function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
