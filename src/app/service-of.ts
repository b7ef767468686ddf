// Which service an entity belongs to, by the labels of the series that were watched; of an entity nobody watched only
// the name is known.
import { type Entity, entityKey, entityOf, serviceOf } from '#model/entity.ts';
import type { Track } from '#model/score.ts';
import { SERVICE_LABEL } from '#model/series.ts';

export function serviceOfEntity(tracks: Iterable<Track>): (entity: Entity) => string {
  const services = new Map<string, string>();
  for (const { labels } of tracks) {
    const key = entityKey(entityOf(labels));
    // A series without a label for it says less than one with it.
    const isTold = (labels[SERVICE_LABEL] ?? labels.service) !== undefined;
    if (isTold || !services.has(key)) services.set(key, serviceOf(labels));
  }
  return (entity) => services.get(entityKey(entity)) ?? serviceOf({}, entity);
}
