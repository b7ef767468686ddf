// F4: the API server dies for half a minute; then something in its place answers 500 and 429 for a minute, as an overloaded
// one or a balancer does, while things change behind it; then it is back.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { KubeClient } from '#kube/contract.ts';
import { type DetectorRecord, detectorProjection } from '#operator/detector-record.ts';
import type { DetectorStatus } from '#operator/detector-status.ts';
import { createStatusWriter } from '#operator/status-writer.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import type { Rng } from '#stats/rng.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Change, type Changer, DETECTORS, FAULT_NAMESPACE, PODS } from './changes.ts';
import { demand, type Fault } from './contract.ts';
import { missedByList, openChanging, openWatched, untilEqual, type Watched } from './watched.ts';

const DEAD_MS = 30_000;
const REFUSING_MS = 60_000;
const MOST_TRIES_A_MINUTE = 20;
/** The longest wait between two tries is 30 s with its jitter. */
const BACK_MS = 40_000;
const STATUSES = 30;

export const apiServerAway: Fault = {
  id: 'F4',
  title: 'the API server dies, then answers 500 and 429',
  needs: ['kube-apiserver', 'etcd', 'kubectl'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, changer } = await openChanging({ rng, folder }, ending);
    const unhandled = hearUnhandled();
    ending.defer(unhandled.stop);
    for (let index = 0; index < STATUSES; index++) await changer.change(DETECTORS, `s-${index}`);
    const project = detectorProjection((object) => parseDetectorObject(object, ALGORITHMS));
    const watched: Watched[] = [];
    for (const kind of [PODS, DETECTORS]) {
      const one = await openWatched({ plane, folder, kind, rng, ...(kind === DETECTORS ? { project } : {}) });
      watched.push(one);
      ending.defer(() => one.stop());
    }
    const writing = writeStatuses(watched[1] as Watched, rng);
    ending.defer(() => writing.stop());
    const sent = [await changeBoth(changer, 300)];
    for (const one of watched) await untilHeardOf(one, sent);

    const before = watched.map(({ reflector }) => reflector.status().retries);
    const beganMs = performance.now();
    await plane.apiServer.kill();
    await pause(DEAD_MS);
    const standIn = await startStandIn(plane, rng);
    ending.defer(() => standIn.stop());
    for (const { proxy } of watched) proxy.target.port = standIn.port;
    await plane.apiServer.restart();
    const refusingMs = performance.now();
    sent.push(await changeBoth(changer, 1000));
    await pause(Math.max(0, refusingMs + REFUSING_MS - performance.now()));
    const minutes = (performance.now() - beganMs) / 60_000;
    const tries = watched.map(({ reflector }, index) => (reflector.status().retries - (before[index] ?? 0)) / minutes);
    const writes = writing.refused() / minutes;
    say(
      `${standIn.answered} refusals; tries a minute: ${[...tries, writes].map((rate) => rate.toFixed(1)).join(', ')}`,
    );

    for (const { proxy } of watched) proxy.target.port = Number(new URL(plane.url).port);
    for (const { proxy } of watched) proxy.reset();
    const backMs = performance.now();
    await Promise.all(
      watched.map((one) => waitUntil('a watch without trouble', () => isWell(one), { timeoutMs: BACK_MS })),
    );
    const wellMs = performance.now() - backMs;
    const unwritten = await writing.finish();
    for (const one of watched) await untilEqual(one, changer);
    for (const rate of [...tries, writes]) demand(rate <= MOST_TRIES_A_MINUTE, `${rate.toFixed(1)} tries a minute`);
    for (const rate of [...tries, writes]) demand(rate >= 2, `only ${rate.toFixed(1)} tries a minute: was it away?`);
    for (const { mostWatches } of watched) demand(mostWatches === 1, `${mostWatches} watches were open at once`);
    demand(unhandled.count() === 0, `${unhandled.count()} unhandled rejections`);
    const lost = watched.map((one, index) =>
      missedByList(
        one,
        sent.flatMap((each) => each[index] ?? []),
      ),
    );
    return {
      broken: `killed for ${DEAD_MS / 1000} s, then ${standIn.answered} answers of 500 and 429 in ${REFUSING_MS / 1000} s, ${sent[1]?.flat().length} changes meanwhile`,
      seen: `tries a minute: pods ${tries[0]?.toFixed(0)}, detectors ${tries[1]?.toFixed(0)}, statuses ${writes.toFixed(0)}; well ${(wellMs / 1000).toFixed(0)} s after it was back; each of ${STATUSES} statuses written; no unhandled rejection`,
      lost: lost.flat().length + unwritten.length,
      doubled: watched.reduce((sum, { doubled }) => sum + doubled.length, 0),
    };
  },
};

function hearUnhandled() {
  let count = 0;
  const hear = () => void count++;
  process.on('unhandledRejection', hear);
  return { count: () => count, stop: () => void process.off('unhandledRejection', hear) };
}

/** Pods and detectors, in this order. */
function changeBoth(changer: Changer, count: number): Promise<readonly Change[][]> {
  const [pods, detectors] = [changer.make(PODS, count, 50), changer.make(DETECTORS, count / 5, 10)];
  return Promise.all([pods, detectors]).then((made) => made.map((changes) => [...changes]));
}

async function untilHeardOf(watched: Watched, sent: readonly (readonly Change[][])[]): Promise<void> {
  const own = sent.flatMap((each) => each[watched.kind === PODS ? 0 : 1] ?? []);
  await waitUntil('all changes to be heard', () => own.every((change) => watched.heard(change)));
}

function isWell({ reflector }: Watched): boolean {
  return reflector.status().trouble === undefined;
}

/** In the place of the API server, with its certificate. */
async function startStandIn(plane: ControlPlane, rng: Rng) {
  let answered = 0;
  const server = createServer({ cert: await readFile(plane.caFile), key: await readFile(plane.keyFile) });
  server.on('request', (_, response) => {
    answered++;
    const status = rng.uniform() < 0.5 ? 500 : 429;
    const retryAfter =
      status === 429 || rng.uniform() < 0.5 ? { 'retry-after': `${1 + Math.floor(rng.uniform() * 5)}` } : {};
    response.writeHead(status, { 'content-type': 'text/plain', ...retryAfter }).end('not now\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get answered() {
      return answered;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Each second another status of each of some detectors, through the client of their watch. */
function writeStatuses({ reflector, client }: Watched, rng: Rng) {
  let refused = 0;
  const counting: KubeClient = {
    ...client,
    request: <T>(...request: Parameters<KubeClient['request']>) =>
      client.request<T>(...request).catch((error: { readonly status?: number }) => {
        if (error.status !== 409) refused++;
        throw error;
      }),
  };
  const current = (key: string) => reflector.get(key) as DetectorRecord | undefined;
  const writer = createStatusWriter({
    ...{ client: counting, clock: systemClock, random: () => rng.uniform(), log: createLog('silent'), current },
    ...{ mayWrite: () => true, written: () => undefined, perSecond: 20, wall: systemClock },
  });
  const keys = Array.from({ length: STATUSES }, (_, index) => `${FAULT_NAMESPACE}/s-${index}`);
  let count = 0;
  const putAll = () => {
    count++;
    for (const key of keys) writer.put(key, current(key)?.uid ?? '', statusOf(count));
  };
  const putting = setInterval(putAll, 1000);
  writer.start();
  return {
    refused: () => refused,
    /** Resolves with those whose last status is not the one that is there. */
    finish: async () => {
      clearInterval(putting);
      putAll();
      const differ = () => keys.filter((key) => current(key)?.status.anomalousPodCount !== count);
      await waitUntil('the last statuses to be written', () => differ().length === 0 && writer.stats().waiting === 0, {
        timeoutMs: 120_000,
      }).catch(() => undefined);
      return differ();
    },
    stop: async () => {
      clearInterval(putting);
      await writer.stop();
    },
  };
}

function statusOf(count: number): DetectorStatus {
  return {
    ...{ state: 'Active', monitoredPods: 1, anomalousPods: [], anomalousPodCount: count },
    ...{ observedGeneration: 1, conditions: [] },
  };
}
