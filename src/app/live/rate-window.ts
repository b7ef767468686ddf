// Over what a counter is rated: the same in a check and in a rule.

/** Four steps, so that a scrape that is late or missing leaves no hole; never less than two minutes. */
export function rateWindowOf(stepMs: number): number {
  return Math.max(4 * stepMs, 120_000);
}
