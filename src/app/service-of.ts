// Which service an entity belongs to, by the labels of the series that were watched; an entity nobody watched stands
// for itself.
import { type Entity, entityKey, entityOf } from '#model/entity.ts';
import type { Track } from '#model/score.ts';

export function serviceOfEntity(tracks: Iterable<Track>): (entity: Entity) => string {
  const services = new Map<string, string>();
  for (const { labels } of tracks) {
    const entity = entityOf(labels);
    if (entity.kind === 'pod' && labels.service !== undefined) services.set(entityKey(entity), labels.service);
  }
  return (entity) => services.get(entityKey(entity)) ?? entity.name;
}
