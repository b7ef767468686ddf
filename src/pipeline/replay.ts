// Plays a tape through the flow on a clock: pace, pause, gaps, and jumps. A jump ahead hurries; a jump back begins again
// at full speed, so that what is seen is always what a run from the start gives. One loop does all the playing, and
// commands only change what it looks at next.
import type { Clock } from '#kit/clock.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeReader } from '#tape/contract.ts';
import type { Flow } from './flow.ts';
import { Playhead, type Speed } from './playhead.ts';
import type { DroppedSamples } from './records.ts';
import { Splitter } from './split.ts';

/** A silence longer than this is a gap in the recording: the clock skips it. */
const GAP_MS = 10 * 60_000;
/** How much of the gap is left before its end, so that one sees it come. */
const GAP_REST_MS = 1000;
const PACE_MS = 200;
/** A tick at full speed holds about this many samples; more makes the page wait, fewer makes more commits. */
const TICK_SAMPLES = 16_384;

export type ReplayPhase = 'catching-up' | 'playing' | 'paused' | 'ended' | 'failed';

export interface ReplayStatus {
  readonly phase: ReplayPhase;
  /** Everything seen up to here is in the store, or as far as the playhead is. */
  readonly nowMs: number;
  readonly speed: Speed;
  /** 0..1 while catching up. */
  readonly progress: number | undefined;
  readonly failure: unknown;
  /** Samples that went through since the start or the last jump back, and the time that took. */
  readonly samples: number;
  readonly busyMs: number;
  /** Samples left out, by reason. */
  readonly dropped: DroppedSamples;
}

export interface ReplayOptions {
  readonly reader: TapeReader;
  readonly clock: Clock;
  readonly speed: Speed;
  /** Played at full speed up to here before the pace begins. */
  readonly targetMs?: number;
  /** A flow with no state. `again` is true when the sink must be emptied first: the playhead went back. */
  openFlow(again: boolean): Promise<Flow>;
  /** Called after each step with the status as it then is. */
  onStatus?(status: ReplayStatus): void;
}

export type ReplayCommand =
  | { readonly action: 'play' }
  | { readonly action: 'pause' }
  | { readonly action: 'speed'; readonly speed: Speed }
  | { readonly action: 'jump'; readonly toMs: number };

export class Replay {
  readonly #options: ReplayOptions;
  readonly #playhead: Playhead;
  readonly #fromMs: number;
  #phase: ReplayPhase = 'catching-up';
  #nowMs: number;
  #startedAtMs: number;
  #failure: unknown;
  #samples = 0;
  #busyMs = 0;
  #dropped: DroppedSamples = { outOfOrder: 0, unknownSeries: 0 };
  #restart = false;
  /** The next run goes over what the sink holds, instead of emptying it. */
  #keep = false;
  #stopped = false;
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#fromMs = options.reader.info.header.fromMs;
    this.#nowMs = this.#fromMs;
    this.#startedAtMs = this.#fromMs;
    this.#playhead = new Playhead(options.clock, {
      fromMs: this.#fromMs,
      speed: options.speed,
      ...(options.targetMs === undefined ? {} : { targetMs: options.targetMs }),
    });
  }

  get status(): ReplayStatus {
    const target = Math.min(this.#playhead.targetMs ?? Number.NaN, this.#options.reader.info.header.toMs);
    // As it is now, not as it was at the last step: a command is answered with what it did.
    const settled = (this.#phase === 'ended' || this.#phase === 'failed') && !this.#restart;
    const phase = settled ? this.#phase : this.#phaseNow();
    const catching = phase === 'catching-up';
    const progress = (this.#nowMs - this.#startedAtMs) / Math.max(1, target - this.#startedAtMs);
    return {
      phase,
      nowMs: this.#nowMs,
      speed: this.#playhead.speed,
      progress: catching && Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : undefined,
      failure: this.#failure,
      samples: this.#samples,
      busyMs: this.#busyMs,
      dropped: this.#dropped,
    };
  }

  /** Begins; the promise ends with `stop`, never with an error: a failure is in `status`, and a jump tries again. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#running;
  }

  command(command: ReplayCommand): void {
    switch (command.action) {
      case 'play':
        // Play at the end means: from the beginning, as every player does.
        if (this.#phase === 'ended') this.#jump(this.#fromMs);
        if (this.#phase === 'failed') this.#retry();
        this.#playhead.play();
        break;
      case 'pause':
        this.#playhead.pause();
        break;
      case 'speed':
        this.#playhead.setSpeed(command.speed);
        break;
      case 'jump':
        this.#jump(command.toMs);
        break;
    }
    this.#wake.abort();
  }

  #jump(toMs: number): void {
    const { fromMs, toMs: endMs } = this.#options.reader.info.header;
    const target = Math.min(endMs, Math.max(fromMs, toMs));
    if (target < this.#nowMs || this.#phase === 'failed') this.#restart = true;
    this.#startedAtMs = this.#restart ? fromMs : this.#nowMs;
    this.#playhead.aim(target);
  }

  /** Goes on after a failure: runs again over what is stored already, which stays, and continues where it broke. */
  #retry(): void {
    this.#restart = true;
    this.#keep = true;
    this.#startedAtMs = this.#fromMs;
    this.#playhead.aim(this.#nowMs);
  }

  async #run(): Promise<void> {
    let again = false;
    while (!this.#stopped) {
      this.#restart = false;
      const keep = this.#keep;
      this.#keep = false;
      try {
        await this.#playOnce(again && !keep);
      } catch (error) {
        this.#failure = error;
        this.#setPhase('failed');
      }
      while (!this.#restart && !this.#stopped) await this.#idle();
      again = true;
    }
  }

  /** From the tape's beginning until it ends, a jump back, or `stop`. */
  async #playOnce(again: boolean): Promise<void> {
    this.#failure = undefined;
    this.#samples = 0;
    this.#busyMs = 0;
    this.#dropped = { outOfOrder: 0, unknownSeries: 0 };
    this.#nowMs = this.#fromMs;
    const flow = await this.#options.openFlow(again);
    const signals = this.#options.reader.signals()[Symbol.asyncIterator]();
    try {
      await this.#feed(flow, signals);
    } finally {
      await signals.return?.();
      await flow.close();
    }
  }

  async #feed(flow: Flow, signals: AsyncIterator<Signal>): Promise<void> {
    const splitter = new Splitter();
    let next = await signals.next();
    let lastMs = this.#fromMs;
    while (!this.#restart && !this.#stopped) {
      this.#setPhase(this.#phaseNow());
      const began = this.#options.clock.nowMs();
      const dueMs = this.#playhead.dueMs;
      // Signals seen at one moment stay in one tick, so that a position never lies between them.
      while (
        !next.done &&
        (next.value.seenMs === lastMs || (next.value.seenMs <= dueMs && splitter.samples < TICK_SAMPLES))
      ) {
        splitter.add(next.value);
        lastMs = next.value.seenMs;
        next = await signals.next();
      }
      const caughtUp = next.done === true || next.value.seenMs > dueMs;
      if (!splitter.isEmpty) {
        this.#samples += splitter.samples;
        await flow.submit(splitter.close(lastMs));
      }
      const { outOfOrder, unknownSeries } = flow.dropped();
      this.#dropped = { outOfOrder, unknownSeries: unknownSeries + splitter.unknownSamples };
      if (caughtUp) await flow.drained();
      this.#busyMs += this.#options.clock.nowMs() - began;
      this.#arrive(caughtUp, dueMs, lastMs, next.done === true);
      if (caughtUp && next.done === true && this.#playhead.targetMs === undefined && dueMs >= this.#endMs)
        return this.#end();
      if (caughtUp && next.done !== true) await this.#rest(lastMs, next.value.seenMs);
      else if (caughtUp) await this.#idle();
    }
  }

  get #endMs(): number {
    return this.#options.reader.info.header.toMs;
  }

  /** Moves `now` after a step, and the playhead when a target was reached. */
  #arrive(caughtUp: boolean, dueMs: number, lastMs: number, ended: boolean): void {
    const target = this.#playhead.targetMs;
    if (!caughtUp) this.#nowMs = Math.max(this.#nowMs, lastMs);
    else this.#nowMs = Math.min(this.#endMs, Number.isFinite(dueMs) ? Math.max(this.#nowMs, dueMs) : lastMs);
    if (ended && dueMs >= this.#endMs) this.#nowMs = this.#endMs;
    if (caughtUp && target !== undefined && target === dueMs) this.#playhead.moveTo(target);
    // At full speed nothing is ever waited for, so the pace has to be told where it would go on from.
    if (target === undefined && dueMs === Number.POSITIVE_INFINITY) this.#playhead.moveTo(this.#nowMs);
    this.#options.onStatus?.(this.status);
  }

  /** Nothing is due: skips a gap, or waits a little. */
  async #rest(lastMs: number, nextMs: number): Promise<void> {
    const inGap = nextMs - lastMs > GAP_MS && this.#nowMs >= Math.min(lastMs + GAP_MS / 10, nextMs);
    if (inGap && !this.#playhead.paused && nextMs - this.#nowMs > GAP_REST_MS)
      this.#playhead.moveTo(nextMs - GAP_REST_MS);
    else await this.#idle();
  }

  #end(): void {
    this.#setPhase('ended');
  }

  #phaseNow(): ReplayPhase {
    if (this.#playhead.targetMs !== undefined) return 'catching-up';
    return this.#playhead.paused ? 'paused' : 'playing';
  }

  #setPhase(phase: ReplayPhase): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#options.onStatus?.(this.status);
  }

  /** Until a command, or the next look at the clock. */
  async #idle(): Promise<void> {
    await this.#options.clock.sleep(PACE_MS, this.#wake.signal);
    this.#wake = new AbortController();
  }
}
