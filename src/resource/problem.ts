// A problem found in a resource: where it is in the value, what is wrong, and in which words it is told.
import { nearest } from '#kit/nearest.ts';

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** Point at the key rather than at the value (a key that should not be there). */
  readonly atKey?: boolean;
  readonly message: string;
}

/** `spec.guards.persistence.of`; a key that is not a plain word is quoted; '' is the document itself. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (/^[\w-]+$/.test(part)) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(shorten(part))}]`;
    })
    .join('');
}

/** Where it is and what it is, in one sentence; a problem of the whole document says only what. `path` may be text already. */
export function problemText({ path, message }: { readonly path: Path | string; readonly message: string }): string {
  const where = typeof path === 'string' ? path : pathText(path);
  return where === '' ? message : `${where}: ${message}`;
}

/** A value as a message shows it: short, on one line, and telling a text "3" from the number 3. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') {
    const count = Object.keys(value).length;
    return count === 0 ? 'an empty mapping' : `a mapping of ${count}`;
  }
  if (typeof value === 'string') return `the text ${JSON.stringify(shorten(value))}`;
  return value === null ? 'nothing (null)' : String(value);
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

/** `unknown <what> "x"; did you mean "y"?`, or the list of what is known when nothing is near. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  const hint =
    close === undefined ? `known: ${known.length === 0 ? 'none' : known.join(', ')}` : `did you mean "${close}"?`;
  return `unknown ${what} ${JSON.stringify(shorten(name))}; ${hint}`;
}
