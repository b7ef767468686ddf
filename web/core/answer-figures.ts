// Figures of the answer key that the page works out itself.

/** The median of the delays that there are; undefined without one. */
export function medianDelay(delays: readonly (number | null)[]): number | undefined {
  const sorted = delays.filter((delay) => delay !== null).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
