// The groups of an engine that have something to remember: each for as long as a watch is awake in it.
import type { Group } from './episode.ts';
import type { Settings } from './lens.ts';

export interface Groups {
  /** Those with an open episode, in the order in which they opened. */
  readonly open: ReadonlySet<Group>;
  /** The group of the family under these settings; undefined where none of its series is awake. */
  find(family: number, settings: Settings): Group | undefined;
  /** The group, with one more that is awake in it. */
  join(family: number, settings: Settings): Group;
  leave(group: Group): void;
}

export function createGroups(): Groups {
  const open = new Set<Group>();
  /** By settings, then by family. */
  const bySettings: Map<number, Group>[] = [];

  function of(settings: Settings): Map<number, Group> {
    while (bySettings.length <= settings.number) bySettings.push(new Map());
    return bySettings[settings.number] as Map<number, Group>;
  }

  return {
    open,
    find(family, settings) {
      const groups = bySettings[settings.number];
      return groups === undefined || groups.size === 0 ? undefined : groups.get(family);
    },
    join(family, settings) {
      const groups = of(settings);
      const group = groups.get(family) ?? { family, settings, open, episode: undefined, watches: 0 };
      groups.set(family, group);
      group.watches++;
      return group;
    },
    leave(group) {
      if (--group.watches === 0) bySettings[group.settings.number]?.delete(group.family);
    },
  };
}
