// What there is to look at: services, pods and whatever else has series, which series are whose, who calls whom and what
// runs where. Read from labels first; edges of the topology add what labels do not say.
import { type Entity, entityKey, entityOf, serviceOf } from '#model/entity.ts';
import type { Track } from '#model/score.ts';
import { type Labels, type SeriesInfo, seriesKey } from '#model/series.ts';
import type { TopologyEdge } from '#model/signal.ts';

export interface Thing {
  readonly key: string;
  readonly entity: Entity;
  /** The service it belongs to; its own name for a service; '' for what belongs to none. */
  readonly service: string;
  /** Keys of its own series. */
  readonly series: Set<string>;
  /** For a service: its pods. */
  readonly pods: Thing[];
}

export interface Inventory {
  readonly things: ReadonlyMap<string, Thing>;
  readonly tracks: readonly Track[];
  readonly tracksOf: ReadonlyMap<string, readonly Track[]>;
  readonly edges: readonly TopologyEdge[];
  /** Name of the service that an entity belongs to. */
  serviceOf(entity: Entity): string;
}

export function takeInventory(
  series: readonly SeriesInfo[],
  tracks: readonly Track[],
  edges: readonly TopologyEdge[],
): Inventory {
  const things = new Map<string, Thing>();
  const calls = new Map<string, TopologyEdge>();
  const edgeOf = (edge: TopologyEdge) => calls.set(`${edge.type} ${edge.from} ${edge.to}`, edge);
  for (const edge of edges) edgeOf(edge);
  const take = (labels: Labels, key: string): void => {
    const entity = entityOf(labels);
    ensure(things, entity, serviceOf(labels)).series.add(key);
    if (labels.source === undefined || labels.destination === undefined) return;
    edgeOf({ type: 'calls', from: labels.source, to: labels.destination });
  };
  for (const { labels } of series) take(labels, seriesKey(labels));
  for (const track of tracks) take(track.labels, track.series);
  ensureCalled(things, calls.values());
  return {
    things,
    tracks,
    tracksOf: Map.groupBy(tracks, (track) => entityKey(entityOf(track.labels))),
    edges: [...calls.values()],
    serviceOf: (entity) => things.get(entityKey(entity))?.service ?? serviceOf({}, entity),
  };
}

function ensure(things: Map<string, Thing>, entity: Entity, service: string): Thing {
  const key = entityKey(entity);
  const known = things.get(key);
  if (known !== undefined) return known;
  const thing: Thing = { key, entity, service, series: new Set(), pods: [] };
  things.set(key, thing);
  if (entity.kind === 'pod' && service !== '') {
    ensure(things, { kind: 'service', namespace: entity.namespace, name: service }, service).pods.push(thing);
  }
  return thing;
}

/** Edges name a service without its namespace: any service of that name will do, and one is made up when there is none. */
function ensureCalled(things: Map<string, Thing>, edges: Iterable<TopologyEdge>): void {
  const namespaces = new Set([...things.values()].map(({ entity }) => entity.namespace));
  const [namespace = ''] = namespaces.size === 1 ? namespaces : [];
  const services = [...things.values()].filter(({ entity }) => entity.kind === 'service');
  const known = new Set(services.flatMap(({ key, entity }) => [key, entity.name]));
  for (const { type, from, to } of edges) {
    if (type !== 'calls') continue;
    for (const name of [from, to]) {
      if (known.has(name)) continue;
      known.add(name).add(ensure(things, { kind: 'service', namespace, name }, name).key);
    }
  }
}

/** Whether an edge's end means this thing. */
export function isNamed(thing: Thing, name: string): boolean {
  return thing.entity.name === name || thing.key === name;
}

/** Every thing that has series, its pods' series counted in. */
export function seriesCount(thing: Thing): number {
  return thing.pods.reduce((sum, pod) => sum + pod.series.size, thing.series.size);
}

/** The service that a thing is or belongs to. */
export function serviceThing(inventory: Inventory, thing: Thing): Thing | undefined {
  if (thing.entity.kind === 'service') return thing;
  const { namespace } = thing.entity;
  return inventory.things.get(entityKey({ kind: 'service', namespace, name: thing.service }));
}

/** Services that call it (`callers`) or that it calls (`callees`), by name. */
export function neighboursOf(inventory: Inventory, service: Thing, which: 'callers' | 'callees'): Thing[] {
  const names = inventory.edges
    .filter(({ type, from, to }) => type === 'calls' && isNamed(service, which === 'callers' ? to : from))
    .map(({ from, to }) => (which === 'callers' ? from : to));
  return [...inventory.things.values()]
    .filter(
      (thing) => thing.entity.kind === 'service' && thing !== service && names.some((name) => isNamed(thing, name)),
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Where it runs, by name: of a pod its nodes (as told for it or for its service), of a service those of its pods too. */
export function nodesOf(inventory: Inventory, thing: Thing): string[] {
  const service = serviceThing(inventory, thing);
  const ends = [thing, ...thing.pods, ...(service === undefined ? [] : [service])];
  const nodes = inventory.edges
    .filter(({ type, from }) => type === 'runs-on' && ends.some((end) => isNamed(end, from)))
    .map(({ to }) => to);
  return [...new Set(nodes)].sort();
}
