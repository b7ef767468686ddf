// The English plural: which of two words goes with a count.

export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
