// Which arrows between rooms are not in the table, each as a sentence that says where, what, and what would be right.
import { isBuiltin } from 'node:module';
import { folderOf, type House, isTest, nameInHouse, packageOf, type Room, resolveImport, roomOf } from './house.ts';
import type { Import, Source } from './read-source.ts';

/**
 * One sentence for each import that the table does not allow, and for each room that it does not know or that is empty.
 * `packages`: what package.json installs for the product itself.
 */
export function judgeImports(sources: readonly Source[], house: House, packages: readonly string[]): string[] {
  const product = sources.filter(({ path }) => /^(src|web)\//.test(path));
  const found = new Set(product.map(({ path }) => roomOf(path)));
  const empty = Object.keys(house).filter((room) => !found.has(room));
  return [
    ...empty.map(
      (room) => `the table has a room ${room}, but nothing lives in it: remove its line until something does`,
    ),
    ...product.flatMap((source) => judgeSource(source, house, packages)),
  ];
}

function judgeSource(source: Source, house: House, packages: readonly string[]): string[] {
  const name = roomOf(source.path);
  const room = name === undefined ? undefined : house[name];
  if (name === undefined) return [`${source.path} is in no room: move it into a folder of src/`];
  if (room === undefined) return [`${source.path}: the room ${name} is not in the table of test/architecture.test.ts`];
  return source.imports.flatMap((one) => {
    const target = resolveImport(source.path, one.specifier);
    const why =
      target === undefined
        ? judgePackage(source.path, one.specifier, name, room, packages)
        : judgeArrow(source.path, one, target, name, house);
    return why === undefined ? [] : [`${source.path}:${one.line} imports ${one.specifier}: ${why}`];
  });
}

/** Why a package (or a part of Node) may not be imported, or undefined when it may. */
function judgePackage(path: string, specifier: string, name: string, room: Room, packages: readonly string[]) {
  if (isTest(path)) return undefined;
  const folder = folderOf(path);
  if (folder !== undefined && room.folders?.[folder]?.plain) return `${folder} is plain TypeScript, without packages`;
  if (room.plain) return `${name} runs anywhere, so it imports neither packages nor Node`;
  if (isBuiltin(specifier)) return room.browser ? `${name} runs in a browser, where there is no Node` : undefined;
  return packages.includes(packageOf(specifier)) ? undefined : 'the package is not in "dependencies" of package.json';
}

/** Why an import is wrong, or undefined when it is right. A test beside its file may import anything but other tests. */
function judgeArrow(path: string, one: Import, target: string, name: string, house: House): string | undefined {
  const there = roomOf(target);
  if (one.specifier.startsWith('.') && there !== name && target.startsWith('src/')) {
    return `another room is imported as #${nameInHouse(target)}`;
  }
  if (one.specifier.startsWith('#') && there === name)
    return 'a file of the same room is imported by its relative path';
  if (isTest(path)) return undefined;
  if (isTest(target)) return 'what is there for tests is imported by tests only';
  const room = house[name] ?? { may: [] };
  if (there === name) return judgeNeighbour(path, target, room);
  if (there === undefined || house[there] === undefined) {
    return target.startsWith('src/') ? `there is no room ${there ?? target}` : undefined;
  }
  return allows(room, target, one.typeOnly) ? undefined : refusal(name, room, target);
}

/** Within a room: adapters know what their room shares, never each other; what draws knows what computes. */
function judgeNeighbour(path: string, target: string, room: Room): string | undefined {
  const [from, to] = [folderOf(path), folderOf(target)];
  if (room.folders === undefined || from === undefined || to === undefined || from === to) return undefined;
  const may = room.folders[from]?.may ?? [];
  return may.includes(to)
    ? undefined
    : `${from} may not know ${to} (of its room, it may import ${may.join(', ') || 'what is shared'})`;
}

function allows(room: Room, target: string, typeOnly: boolean): boolean {
  const file = nameInHouse(target);
  const there = roomOf(target) ?? '';
  return room.may.includes(there) || room.may.includes(file) || (typeOnly && (room.types ?? []).includes(file));
}

function refusal(name: string, room: Room, target: string): string {
  const file = nameInHouse(target);
  if ((room.types ?? []).includes(file)) return `${name} may import only types from ${file}`;
  const files = room.may.filter((entry) => entry.startsWith(`${roomOf(target)}/`));
  if (files.length > 0) return `of ${roomOf(target)}, ${name} may import only ${files.join(', ')}`;
  const allowed = [...room.may, ...(room.types ?? []).map((entry) => `types of ${entry}`)];
  return `${name} may not import ${roomOf(target)} (it may import ${allowed.join(', ') || 'nothing'})`;
}
