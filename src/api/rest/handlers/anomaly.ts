// How one Kubernetes Service stands (D8): the worst state of its detectors, and its worst pod's newest score.
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { entityKey } from '#model/entity.ts';
import { HELD_BACK } from '#model/score.ts';
import type { Context, Handler } from '../context.ts';
import { type Anomaly, type DetectorState, DetectorStateSchema } from '../contract.ts';
import { conflict } from '../error-reply.ts';
import type { Inventory } from '../inventory.ts';
import type { Moment } from '../moment.ts';
import type { ServiceOfName } from '../replay-control.ts';

export const anomaly: Handler<'anomaly'> = async (context, { params: { serviceName: name }, query }) => {
  const moment = await context.moments.now();
  const all = context.services?.find(name) ?? servicesIn(moment.inventory, name);
  const [service, ...others] = all.filter(({ namespace }) => namespace === (query.namespace ?? namespace));
  if (service === undefined) throw unknown(name, all, moment.inventory);
  if (others.length > 0) {
    const namespaces = all.map(({ namespace }) => namespace).sort();
    const them = namespaces.join(', ');
    throw conflict(`several namespaces have a service "${name}": ${them}; say which with ?namespace=`, namespaces);
  }
  return moment.once(`anomaly ${service.namespace}/${name}`, () => anomalyOf(context, moment, service));
};

async function anomalyOf(context: Context, moment: Moment, { namespace, pods }: ServiceOfName): Promise<Anomaly> {
  const keys = pods.map((name) => entityKey({ kind: 'pod', namespace, name }));
  const selecting = context.detectorStates?.selecting(namespace, pods) ?? [];
  const declared = new Set(selecting.map(({ detector }) => detector));
  // Who declared detectors asks for their verdict; what watches by itself has its say where there is none.
  const tracks = keys
    .flatMap((key) => moment.inventory.tracksOf.get(key) ?? [])
    .filter(({ detector }) => (declared.size === 0 ? detector !== '' : declared.has(detector)));
  const score =
    tracks.length === 0
      ? undefined
      : await context.tracks.worst(tracks, moment.nowMs, declared.size === 0 ? notHeldBack : undefined);
  // No resource selects its pods: what watches by itself (or the tape's file) is what it has.
  const watched: DetectorState = score === undefined ? 'AwaitingMetrics' : 'Active';
  return { status: worstOf(selecting.map(({ state }) => state)) ?? watched, latestScore: score ?? 0 };
}

/**
 * Whether a score is one that the guards let pass or need not judge. What watches by itself watches everything: a
 * memory that moves by a page is a hundred sigmas, and nobody's trouble.
 */
function notHeldBack(flags: number): boolean {
  return (flags & HELD_BACK) === 0;
}

export function worstOf(states: readonly DetectorState[]): DetectorState | undefined {
  return DetectorStateSchema.options.findLast((state) => states.includes(state));
}

/** On a tape, and as long as nobody has told of the cluster, the services are those that series name. */
function servicesIn({ things }: Inventory, name: string): ServiceOfName[] {
  return [...things.values()]
    .filter(({ entity }) => entity.kind === 'service' && entity.name === name)
    .map(({ entity, pods }) => ({ namespace: entity.namespace, pods: pods.map((pod) => pod.entity.name) }));
}

function unknown(name: string, elsewhere: readonly ServiceOfName[], { things }: Inventory): AppError {
  if (elsewhere.length > 0) {
    const namespaces = elsewhere.map(({ namespace }) => namespace).sort();
    return new AppError(
      'not-found',
      `no service "${name}" in that namespace; there is one in ${namespaces.join(', ')}`,
    );
  }
  const names = [...things.values()].filter(({ entity }) => entity.kind === 'service').map(({ entity }) => entity.name);
  const close = nearest(name, names);
  const hint = close === undefined ? '`kubectl get services -A` lists them' : `did you mean "${close}"?`;
  return new AppError('not-found', `no service "${name}"; ${hint}`);
}
