// F1: a watch that is reset every two seconds while things change.
import { setTimeout as pause } from 'node:timers/promises';
import { DETECTORS, PODS } from './changes.ts';
import { demand, type Fault } from './contract.ts';
import { missedByList, openChanging, openWatched, untilEqual, type Watched } from './watched.ts';

const FOR_MS = 60_000;
const EVERY_MS = 2000;
const PER_SECOND = { pods: 250, detectors: 50 };
const MOST_RETRIES_A_MINUTE = 20;

export const watchReset: Fault = {
  id: 'F1',
  title: 'watches of pods and detectors reset every 2 s',
  needs: ['kube-apiserver', 'etcd', 'kubectl'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, changer } = await openChanging({ rng, folder }, ending);
    const watched: Watched[] = [];
    for (const kind of [PODS, DETECTORS]) {
      const one = await openWatched({ plane, folder, kind, rng });
      watched.push(one);
      ending.defer(() => one.stop());
    }
    const beganMs = performance.now();
    const changing = Promise.all([
      changer.make(PODS, (PER_SECOND.pods * FOR_MS) / 1000, PER_SECOND.pods),
      changer.make(DETECTORS, (PER_SECOND.detectors * FOR_MS) / 1000, PER_SECOND.detectors),
    ]);
    let resets = 0;
    let isDone = false;
    const resetting = (async () => {
      while (!isDone) {
        await pause(EVERY_MS);
        for (const { proxy } of watched) {
          resets += proxy.connections.length;
          proxy.reset();
        }
      }
    })();
    const sent = await changing;
    const tookMs = performance.now() - beganMs;
    isDone = true;
    await resetting;
    for (const one of watched) await untilEqual(one, changer);
    const lost = watched.flatMap((one, index) => {
      const all = sent[index] ?? [];
      return one.reflector.status().lists > 1 ? missedByList(one, all) : all.filter((change) => !one.heard(change));
    });
    const changes = sent.flat().length;
    const rate = Math.round((changes / tookMs) * 1000);
    say(`${changes} changes at ${rate}/s, ${resets} resets`);
    const told = watched.map(({ reflector, mostWatches }) => {
      const { lists, watches, retries } = reflector.status();
      demand(lists <= 2, `${lists} lists: one at the start and at most one more are allowed`);
      demand(mostWatches === 1, `${mostWatches} watches were open at once`);
      const aMinute = (retries / tookMs) * 60_000;
      demand(aMinute <= MOST_RETRIES_A_MINUTE, `${aMinute.toFixed(1)} tries a minute`);
      demand(retries > 5, `only ${retries} tries: the resets did not reach it`);
      return `${watches} watches one after the other, ${lists} list, ${aMinute.toFixed(0)} tries a minute`;
    });
    return {
      broken: `${resets} resets in ${(tookMs / 1000).toFixed(0)} s, ${changes} changes at ${rate}/s`,
      seen: `pods: ${told[0]}; detectors: ${told[1]}`,
      lost: lost.length,
      doubled: watched.reduce((sum, { doubled }) => sum + doubled.length, 0),
    };
  },
};
