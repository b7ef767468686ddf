// How fast something that only grows has grown of late, though it grows in bursts: from the last burst before the window to the
// last one in it, so that the figure does not swing between two of them.

export interface SlidingRate {
  /** A second. `total` as it now is; one that is smaller than before begins anew. 0 until it has grown twice. */
  read(total: number, nowMs: number): number;
  /** What has grown until now does not count. */
  restart(): void;
}

export function createSlidingRate(windowMs: number): SlidingRate {
  let points: { readonly ms: number; readonly total: number }[] = [];
  return {
    read(total, nowMs) {
      const last = points.at(-1);
      if (last !== undefined && total < last.total) points = [];
      if (points.at(-1)?.total !== total) points.push({ ms: nowMs, total });
      points.splice(
        0,
        Math.max(
          0,
          points.findLastIndex(({ ms }) => ms < nowMs - windowMs),
        ),
      );
      const [first, newest] = [points[0], points.at(-1)];
      if (first === undefined || newest === undefined || !(newest.ms > first.ms)) return 0;
      if (newest.ms < nowMs - windowMs) return 0;
      return ((newest.total - first.total) / (newest.ms - first.ms)) * 1000;
    },
    restart() {
      points = [];
    },
  };
}
