// What the house's files may be called, how long they may be, and what they may reach for without importing it.
import { type House, isTest, roomOf } from './house.ts';
import type { Source, Use } from './read-source.ts';

export const MOST_LINES = 500;
export const MOST_MEDIAN_LINES = 120;
const DRAWERS = ['utils', 'util', 'common', 'helpers', 'helper', 'misc', 'types'];
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;

/** One sentence for each file whose name or length is against the rules. */
export function judgeFiles(sources: readonly Source[]): string[] {
  const sentences = sources.flatMap(({ path, lines }) => {
    const parts = path.split('/');
    const drawer = parts.find((part) => DRAWERS.includes(part.replace(/\..*/, '')));
    const shouting = parts.find((part) => !KEBAB.test(part));
    return [
      ...(drawer === undefined
        ? []
        : [`${path}: "${drawer}" names a drawer, not a thing; name it after what is in it`]),
      ...(shouting === undefined ? [] : [`${path}: write "${shouting}" in kebab-case`]),
      ...(lines > MOST_LINES
        ? [`${path} has ${lines} lines; a file has at most ${MOST_LINES}: split it by subject`]
        : []),
    ];
  });
  const lengths = sources.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  if (median <= MOST_MEDIAN_LINES) return sentences;
  return [...sentences, `half of the files have more than ${median} lines; aim at ${MOST_MEDIAN_LINES}`];
}

/** One sentence for each use of the world outside in a room that is to be given it. Tests are free. */
export function judgeUses(sources: readonly Source[], house: House): string[] {
  return sources
    .filter(({ path }) => !isTest(path) && /^(src|web)\//.test(path))
    .flatMap(({ path, imports, uses }) => {
      const name = roomOf(path) ?? '';
      const hidden: Use[] = imports
        .filter(({ specifier }) => /^(node:)?process$/.test(specifier))
        .map(({ line }) => ({ what: 'process.*', line }));
      // A thread's entry is a program of its own: what it holds is the thread's, not the module's.
      const isEntry = imports.some(({ specifier }) => specifier === 'node:worker_threads');
      return [...uses, ...hidden].flatMap(({ what, line }) => {
        const why = house[name]?.root || (isEntry && what === 'module state') ? undefined : whyNot(what, name);
        return why === undefined ? [] : [`${path}:${line} uses ${what}: ${why}`];
      });
    });
}

function whyNot(what: string, room: string): string | undefined {
  if (what === 'module state') return 'a module keeps no state; put it into what a function returns';
  if (what.startsWith('process.')) return 'only src/app reads the environment and arguments, prints, and exits';
  if (what === 'console') return 'only src/app prints; log with #kit/log.ts, or return what is to be said';
  // The clock itself lives in kit, and a page has a person before it, not a replay.
  if (room === 'kit' || room === 'web') return undefined;
  return 'time and chance are passed in, so that a replay gives the same again';
}
