const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** 0.5 s and twice as long each time, up to 30 s, of which chance (0 to 1) takes up to half. */
export function backOffMs(attempt: number, chance: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) * (1 - chance / 2);
}
