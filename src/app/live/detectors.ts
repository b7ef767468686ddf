// The declared detectors of both kinds: those of a namespace, and those that look across them.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient, ObjectKey, Reflector, ReflectorListener } from '#kube/contract.ts';
import { createReflector } from '#kube/reflector.ts';
import { type DetectorRecord, detectorProjection } from '#operator/detector-record.ts';
import type { ParsedObject } from '#resource/anomaly-detector/parse-object.ts';

export interface Detectors {
  /** By the name of a watch, as `watchTrouble` says it. */
  readonly watches: Readonly<Record<'detectors' | 'cluster detectors', Reflector<DetectorRecord>>>;
  get(key: ObjectKey): DetectorRecord | undefined;
  list(): Iterable<DetectorRecord>;
  start(): void;
  synced(): Promise<void>;
  stop(): Promise<void>;
}

export interface DetectorsOptions {
  readonly client: KubeClient;
  /** One that never steps. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly parse: (object: unknown) => ParsedObject;
  readonly listener: ReflectorListener<DetectorRecord>;
}

export function createDetectors({ parse, listener, ...rest }: DetectorsOptions): Detectors {
  const common = { ...rest, project: detectorProjection(parse), listeners: [listener] };
  const own = createReflector<DetectorRecord>({
    ...common,
    ...{ list: CALLS.listDetectors, watch: CALLS.watchDetectors },
  });
  const across = createReflector<DetectorRecord>({
    ...common,
    ...{ list: CALLS.listClusterDetectors, watch: CALLS.watchClusterDetectors },
  });
  const both = [own, across];
  return {
    watches: { detectors: own, 'cluster detectors': across },
    // What is in a namespace has a slash in its key, and the others have none.
    get: (key) => own.get(key) ?? across.get(key),
    *list() {
      for (const one of both) yield* one.list();
    },
    start: () => {
      for (const one of both) one.start();
    },
    synced: async () => void (await Promise.all(both.map((one) => one.synced()))),
    stop: async () => void (await Promise.all(both.map((one) => one.stop()))),
  };
}
