// The process of F6: the real watch, work queue, controller and status writer of detectors, in which the handlers of some
// objects throw: `reconcile` for those whose metric is called so, and the listener and the projection of those of a name. It
// prints a line for each reconcile.
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import { createKubeClient } from '#kube/client.ts';
import { readKubeAccess } from '#kube/config.ts';
import { createReflector } from '#kube/reflector.ts';
import { createWorkQueue } from '#kube/work-queue.ts';
import { createDetectorController } from '#operator/detector-controller.ts';
import { type DetectorRecord, detectorProjection } from '#operator/detector-record.ts';
import { createStatusWriter } from '#operator/status-writer.ts';
import { createScheduler } from '#pipeline/scheduler.ts';
import type { WindowPlan } from '#pipeline/window-plan.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { DEAF, THROWING_METRIC, UNREADABLE } from './handler-names.ts';

const [kubeconfig = ''] = process.argv.slice(2);
const log = createLog('silent');
const random = Math.random;
const clock = systemClock;
const client = createKubeClient(await readKubeAccess({ kubeconfig, clock }), {
  clock,
  log,
  userAgent: 'tidewatch/faults',
});
const project = detectorProjection((object) => parseDetectorObject(object, ALGORITHMS));
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const want = (record: DetectorRecord) => {
  if (record.name === DEAF) throw new Error('this listener throws');
  queue.add(`${record.namespace}/${record.name}`);
};
const detectors = createReflector<DetectorRecord>({
  ...{ client, list: CALLS.listDetectors, watch: CALLS.watchDetectors, clock, random, log },
  project: (object) => {
    const record = project(object);
    if (record?.name === UNREADABLE) throw new Error('this projection throws');
    return record;
  },
  listeners: [
    {
      added: want,
      updated: (record, before) => {
        if (record.generation !== before.generation) want(record);
      },
    },
  ],
});
const statuses = createStatusWriter({
  ...{ client, clock, wall: clock, random, log, mayWrite: () => true, written: () => undefined },
  current: (key) => detectors.get(key),
});
const controller = createDetectorController({
  ...{
    clock,
    detector: (key) => detectors.get(key),
    podsOf: () => [],
    unwatch: () => undefined,
    forget: () => undefined,
    onAbsent: () => undefined,
  },
  scheduler: createScheduler<WindowPlan>({
    ...{ clock, maxInFlight: 1, maxMerged: 1, retryMs: 1000, run: async () => new Map(), onError: () => undefined },
  }),
  putStatus: (key, uid, status) => statuses.put(key, uid, status),
});
const queue = createWorkQueue({
  ...{ name: 'detectors', clock, log },
  reconcile: async (key) => {
    const throws = detectors.get(key)?.watch?.plans[0]?.metricName === THROWING_METRIC;
    say({ key, atMs: clock.nowMs(), throws });
    if (throws) throw new Error('this handler throws');
    return controller.reconcile(key);
  },
});
detectors.start();
statuses.start();
await detectors.synced();
queue.start();
say({ listenerErrors: detectors.status().listenerErrors, quarantined: detectors.status().quarantined });
