/** Samples a minute that checks read of so many series, rounded: every check reads the whole window again. NaN of NaN. */
export function samplesPerMinute(
  series: number,
  { windowMs, stepMs, intervalMs }: { readonly windowMs: number; readonly stepMs: number; readonly intervalMs: number },
): number {
  return Math.round((series * (windowMs / stepMs) * 60_000) / intervalMs);
}
