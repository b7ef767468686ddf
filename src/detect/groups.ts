// The groups of an engine, each for as long as somebody watches in it: by settings, then by the name of the
// family, so that neither of the two texts is held twice.
import type { Group } from './episode.ts';

export interface Groups {
  /** Those with an open episode, in the order in which they opened. */
  readonly open: ReadonlySet<Group>;
  /** The group, with one more that watches in it. */
  join(name: string, settings: string): Group;
  leave(group: Group): void;
}

export function createGroups(): Groups {
  const open = new Set<Group>();
  const bySettings = new Map<string, Map<string, Group>>();
  return {
    open,
    join(name, settings) {
      const byName = bySettings.get(settings) ?? new Map<string, Group>();
      bySettings.set(settings, byName);
      const group = byName.get(name) ?? { name, settings, open, episode: undefined, watches: 0 };
      byName.set(name, group);
      group.watches++;
      return group;
    },
    leave(group) {
      if (--group.watches === 0) bySettings.get(group.settings)?.delete(group.name);
    },
  };
}
