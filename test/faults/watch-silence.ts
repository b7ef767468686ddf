// F2: watches fall silent, without a byte and without a close, those that are opened meanwhile too.
import { setTimeout as pause } from 'node:timers/promises';
import { watchTrouble } from '#app/live/watch-health.ts';
import { systemClock } from '#kit/clock.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { PODS } from './changes.ts';
import { demand, type Fault } from './contract.ts';
import { openChanging, openWatched, untilEqual } from './watched.ts';

const NOTICED_MS = 100_000;
/** The longest wait between two tries is 30 s with its jitter. */
const BACK_MS = 40_000;
const CHANGES = 2000;

export const watchSilence: Fault = {
  id: 'F2',
  title: 'a watch falls silent: no bytes, no close',
  needs: ['kube-apiserver', 'etcd', 'kubectl'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, changer } = await openChanging({ rng, folder }, ending);
    const watched = await openWatched({ plane, folder, kind: PODS, rng });
    ending.defer(() => watched.stop());
    const { proxy, reflector } = watched;
    const health = () => watchTrouble('pods', reflector, systemClock.nowMs());
    const sent = [...(await changer.make(PODS, CHANGES / 2, 300))];
    await untilEqual(watched, changer);
    demand(health() === undefined, `in trouble before: ${health()?.what}`);

    // Anywhere between two bookmarks.
    await pause(rng.uniform() * 5000);
    proxy.pause('down');
    const silentMs = performance.now();
    const during = changer.make(PODS, CHANGES / 2, 100);
    during.catch(() => undefined);
    await waitUntil('the silence to be noticed', () => /said nothing/.test(reflector.status().trouble ?? ''), {
      timeoutMs: NOTICED_MS,
    });
    const noticedMs = performance.now() - silentMs;
    await waitUntil('it to be unready', () => health()?.isStuck === true, { timeoutMs: NOTICED_MS - noticedMs });
    const unreadyMs = performance.now() - silentMs;
    sent.push(...(await during));
    say(`noticed after ${seconds(noticedMs)}`);
    proxy.resume();
    const resumedMs = performance.now();
    await waitUntil('it to be ready again', () => health() === undefined, { timeoutMs: BACK_MS });
    const readyMs = performance.now() - resumedMs;
    await untilEqual(watched, changer);
    demand(watched.mostWatches === 1, `${watched.mostWatches} watches were open at once`);
    demand(reflector.status().lists === 1, `${reflector.status().lists} lists`);
    return {
      broken: `no byte from the API server for ${seconds(unreadyMs)}, ${CHANGES / 2} changes meanwhile`,
      seen: `noticed after ${seconds(noticedMs)}, unready after ${seconds(unreadyMs)}, ready ${seconds(readyMs)} after bytes came again, no second list`,
      lost: sent.filter((change) => !watched.heard(change)).length,
      doubled: watched.doubled.length,
    };
  },
};

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
