// What tells whether a fitted state belongs to these parameters: a hash of their values, whatever order they came in.
import { createHash } from 'node:crypto';

/** SHA-256 in hex; `values` are completed with their defaults, so that leaving one out is the same as writing it. */
export function parametersHash(values: Readonly<Record<string, number | string | boolean>>): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
