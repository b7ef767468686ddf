// Where a replay may be: a tape time that follows the clock at some speed, can be held, and hurries to a target after a
// start or a jump. Pure but for the clock it is given.
import type { Clock } from '#kit/clock.ts';

export type Speed = number | 'max';

export class Playhead {
  readonly #clock: Clock;
  #speed: Speed;
  #paused = false;
  /** While set, everything up to here is due at once. */
  #target: number | undefined;
  #anchorTapeMs: number;
  #anchorClockMs: number;

  constructor(clock: Clock, options: { readonly fromMs: number; readonly speed: Speed; readonly targetMs?: number }) {
    this.#clock = clock;
    this.#speed = options.speed;
    this.#anchorTapeMs = options.fromMs;
    this.#anchorClockMs = clock.nowMs();
    this.#target = options.targetMs;
  }

  get speed(): Speed {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get targetMs(): number | undefined {
    return this.#target;
  }

  /** Signals with `seenMs` up to here are due. Infinity at full speed. */
  get dueMs(): number {
    if (this.#target !== undefined) return this.#target;
    if (this.#paused) return this.#anchorTapeMs;
    if (this.#speed === 'max') return Number.POSITIVE_INFINITY;
    return this.#anchorTapeMs + (this.#clock.nowMs() - this.#anchorClockMs) * this.#speed;
  }

  /** Continues from `tapeMs`, now: after a target was reached, a gap skipped, or when full speed gave a new position. */
  moveTo(tapeMs: number): void {
    this.#target = undefined;
    this.#anchorTapeMs = tapeMs;
    this.#anchorClockMs = this.#clock.nowMs();
  }

  /** Hurries to `tapeMs`. */
  aim(tapeMs: number): void {
    this.#target = tapeMs;
  }

  pause(): void {
    this.#hold();
    this.#paused = true;
  }

  play(): void {
    this.#hold();
    this.#paused = false;
  }

  setSpeed(speed: Speed): void {
    this.#hold();
    this.#speed = speed;
  }

  /** Keeps the present position as the new anchor, so that a change of pace does not move it. */
  #hold(): void {
    const due = this.dueMs;
    if (this.#target === undefined && Number.isFinite(due)) {
      this.#anchorTapeMs = due;
      this.#anchorClockMs = this.#clock.nowMs();
    }
  }
}
