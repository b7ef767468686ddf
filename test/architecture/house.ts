// The shape of a house's table, and how a path finds its row. The table itself stands in test/architecture.test.ts.
import { posix } from 'node:path';

export interface Folder {
  readonly may: readonly string[];
  readonly plain?: boolean;
}

export interface Room {
  /** What its files may import: a room by name, or single files of one as `room/file.ts`. */
  readonly may: readonly string[];
  /** Files of which only the types may be imported. */
  readonly types?: readonly string[];
  /** Whether it stays clear of npm's packages and of Node, so that it runs anywhere. */
  readonly plain?: boolean;
  /** Whether it runs in a browser, where there is no Node. */
  readonly browser?: boolean;
  /** Which of its folders know which others. Given but empty: none knows another, as adapters should. */
  readonly folders?: Readonly<Record<string, Folder>>;
  /** Whether it is where the world outside comes in: environment, arguments, terminal, time, chance. */
  readonly root?: boolean;
}

/** Room → what it may do. Rooms are the folders of src/, and `web`. */
export type House = Readonly<Record<string, Room>>;

/** Folders beside the house: they may import everything, and nothing imports them. */
export const BESIDE = ['test', 'bench', 'scripts'];

/**
 * The room a file belongs to: `src/detect/guards.ts` → `detect`, `web/core/live.ts` → `web`, `test/…` → `test`.
 * Undefined for files of no room (`vitest.config.ts`, `src/stray.ts`).
 */
export function roomOf(path: string): string | undefined {
  const [top = '', second = '', third] = path.split('/');
  if (top === 'src') return third === undefined ? undefined : second;
  return path.includes('/') ? top : undefined;
}

/** Tests, and what only tests use: `x.test.ts`, generators of random cases (`x.arbitrary.ts`), all that is beside the house. */
export function isTest(path: string): boolean {
  return /\.(test|arbitrary)\.tsx?$/.test(path) || BESIDE.includes(path.split('/')[0] ?? '');
}

/** The folder within its room: `src/store/embedded/tail.ts` → `embedded`; undefined for a file of the room itself. */
export function folderOf(path: string): string | undefined {
  const parts = path.replace(/^src\//, '').split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

/** The file that `specifier` means in the repository, or undefined when it is a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : undefined;
}

/** The package that `specifier` belongs to: `@emotion/react/jsx-runtime` → `@emotion/react`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** A file's name within the house, as the table writes it: `src/bus/contract.ts` → `bus/contract.ts`. */
export function nameInHouse(path: string): string {
  return path.replace(/^src\//, '');
}
