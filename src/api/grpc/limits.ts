// What one analyser takes on at most. Beyond it a caller is told so at once: refused where sending it again would not help,
// RESOURCE_EXHAUSTED where it would.

export interface AnalysisLimits {
  /** Of a message that comes in. */
  readonly receiveBytes: number;
  /** Points of one window. */
  readonly windowPoints: number;
  /** Windows of one call. */
  readonly windows: number;
  /** Points of all windows of one call; its answer is twice as large as its request. */
  readonly callPoints: number;
  /** Calls under way. */
  readonly calls: number;
  /** How long it scores before other calls, health among them, may run. */
  readonly sliceMs: number;
}

/** Up to this many points no z-score, √(n − 1) at most, reaches the cap of 100 that all our scores have. */
export const OLD_WINDOW_POINTS = 10_000;

export const DEFAULT_LIMITS: AnalysisLimits = {
  receiveBytes: 2 * 1024 * 1024,
  windowPoints: 50_000,
  windows: 4096,
  callPoints: 65_536,
  calls: 32,
  sliceMs: 10,
};
