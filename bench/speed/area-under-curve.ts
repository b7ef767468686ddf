// How well scores tell odd rows from others: the area under the receiver's curve, which is the share of pairs in which the odd
// row has the larger score (Mann & Whitney 1947); of two that are equal half counts.

/** 0 to 1; a half is chance. NaN when all rows are of one kind. */
export function areaUnderCurve(scores: Float64Array, odd: Uint8Array): number {
  const order = Uint32Array.from(scores, (_, index) => index).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  let ranks = 0;
  let oddCount = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to++;
    // Ranks count from 1; those that are equal share their mean.
    for (let at = from; at < to; at++) {
      if (odd[order[at] as number] !== 1) continue;
      oddCount++;
      ranks += (from + 1 + to) / 2;
    }
    from = to;
  }
  return (ranks - (oddCount * (oddCount + 1)) / 2) / (oddCount * (scores.length - oddCount));
}
