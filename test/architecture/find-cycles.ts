// Files that import each other in a circle: none can be read, tested or loaded first. Types do not count, they are gone
// when the program runs. Tarjan's strongly connected components (1972), one pass over files and imports.
import { resolveImport } from './house.ts';
import type { Source } from './read-source.ts';

/** Each circle as the sorted paths of its files. */
export function findCycles(sources: readonly Source[]): string[][] {
  const next = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter((one) => !one.typeOnly).flatMap((one) => resolveImport(path, one.specifier) ?? []),
    ]),
  );
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];

  const visit = (path: string): number => {
    const mine = order.size;
    order.set(path, mine);
    lowest.set(path, mine);
    open.push(path);
    for (const other of next.get(path) ?? []) {
      if (!next.has(other)) continue;
      if (other === path) cycles.push([path]);
      const reached = order.has(other) ? (open.includes(other) ? (order.get(other) ?? mine) : mine) : visit(other);
      lowest.set(path, Math.min(lowest.get(path) ?? mine, reached));
    }
    const low = lowest.get(path) ?? mine;
    if (low === mine) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) cycles.push(circle.sort());
    }
    return low;
  };
  for (const path of next.keys()) if (!order.has(path)) visit(path);
  return cycles;
}
