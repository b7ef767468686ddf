// "Did you mean …?": the nearest known name by edit distance (Levenshtein, 1966). The name is what a caller sent, so the
// work is bounded: only names of about its length are compared, only so many, and only along the diagonal (Ukkonen, 1985).

/** Longer than `kind/namespace/name` can be in Kubernetes (63 letters and 253). */
const LONGEST = 400;
/** Nobody mistypes more letters than this. */
const MOST_CHANGES = 12;
const MOST_COMPARED = 2000;

/** How many letters change from `a` to `b`, or `limit` when that many or more do. */
function distance(a: string, b: string, limit: number): number {
  let previous = new Uint16Array(b.length + 1).map((_, column) => Math.min(column, limit));
  let current = new Uint16Array(b.length + 1);
  for (let row = 1; row <= a.length; row++) {
    // Further from the diagonal than this, more letters than the limit have been left out or put in.
    const first = Math.max(1, row - limit);
    const last = Math.min(b.length, row + limit);
    current.fill(limit);
    if (row < limit) current[0] = row;
    let least = current[0] ?? limit;
    for (let column = first; column <= last; column++) {
      const change = (previous[column - 1] ?? limit) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const away = Math.min(change, (previous[column] ?? limit) + 1, (current[column - 1] ?? limit) + 1, limit);
      current[column] = away;
      least = Math.min(least, away);
    }
    if (least >= limit) return limit;
    [previous, current] = [current, previous];
  }
  return previous[b.length] ?? limit;
}

/**
 * The known name closest to `name`, or undefined when none is near: more than two fifths of it, or more than twelve
 * letters, would change. Case does not matter; of names as close as each other it is the first.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.min(MOST_CHANGES, Math.max(1, Math.floor(name.length * 0.4))) + 1;
  let compared = 0;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    if (++compared > MOST_COMPARED) break;
    const away = distance(wanted, candidate.toLowerCase(), least);
    if (away >= least) continue;
    least = away;
    best = candidate;
    if (away === 0) break;
  }
  return best;
}
