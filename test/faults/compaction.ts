// F3: away while things change and etcd is compacted, so that the version to go on from is too old: told in the stream of a
// watch, and as the status of a list's next page.

import type { ControlPlane } from '../parts/control-plane.ts';
import { callHttp } from '../parts/http-call.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Change, type Changer, PODS } from './changes.ts';
import { demand, type Fault } from './contract.ts';
import { openChanging, openWatched, untilEqual, type Watched } from './watched.ts';

const PAGE_SIZE = 10;
/** Of the list that is broken off by the compaction. */
const BROKEN_PAGE = 3;

export const compaction: Fault = {
  id: 'F3',
  title: 'away while etcd is compacted',
  needs: ['kube-apiserver', 'etcd', 'kubectl'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, changer } = await openChanging({ rng, folder }, ending);
    const sent: Change[] = [...(await changer.make(PODS, 600, 300))];

    // The first list meets a compaction between two of its pages.
    let pages = 0;
    const watched = await openWatched({
      ...{ plane, folder, kind: PODS, rng, pageSize: PAGE_SIZE },
      beforeList: async () => {
        if (++pages !== BROKEN_PAGE) return;
        await compactAway(plane, async () => void sent.push(...(await changer.make(PODS, 100, 300))));
      },
    });
    ending.defer(() => watched.stop());
    await untilEqual(watched, changer);
    const { lists: firstLists } = watched.reflector.status();
    demand(watched.breaks.includes('status 410'), `no page was refused with 410: ${watched.breaks}`);
    demand(firstLists === 2, `${firstLists} lists: the compaction between two pages did not break the first`);

    const known = new Map([...watched.reflector.list()].map(({ name, uid }) => [name, uid]));
    const { renewed, gone } = await missMuch(watched, changer, plane, known, sent);
    say(`away: ${gone} went, of them ${renewed.size} came again under their name`);
    await untilEqual(watched, changer);
    const status = watched.reflector.status();
    demand(watched.breaks.includes('Expired'), `no 410 came in the stream: ${watched.breaks}`);
    demand(status.lists === firstLists + 1, `${status.lists - firstLists} lists after the compaction`);
    for (const [name, uid] of renewed) {
      demand(watched.heard({ uid, version: '', isGone: true }), `${name} was renewed, and its old pod is not gone`);
    }
    const unheard = [...known.values()].filter(
      (uid) =>
        sent.some((change) => change.isGone && change.uid === uid) &&
        !watched.heard({ uid, version: '', isGone: true }),
    );
    return {
      broken: `a list broken off at page ${BROKEN_PAGE}, then a watch cut off while ${gone} of ${known.size} pods went, ${renewed.size} of which came again; the API server started anew over a compacted etcd`,
      seen: `410 as status and in the stream, ${status.lists} lists in all, every deletion heard`,
      lost: unheard.length,
      doubled: watched.doubled.length,
    };
  },
};

/** The API server dies; while it is away nothing can be changed, so `before` is done first. etcd forgets all but now. */
async function compactAway(plane: ControlPlane, before: () => Promise<unknown>): Promise<void> {
  await before();
  await plane.apiServer.kill();
  const key = Buffer.from('/').toString('base64');
  const range = await callHttp(`${plane.etcdUrl}/v3/kv/range`, { method: 'POST', body: JSON.stringify({ key }) });
  const { header } = JSON.parse(range.text) as { header: { revision: string } };
  const body = JSON.stringify({ revision: header.revision, physical: true });
  const { status, text } = await callHttp(`${plane.etcdUrl}/v3/kv/compaction`, { method: 'POST', body });
  demand(status === 200, `etcd answered the compaction with ${status}: ${text}`);
  await plane.apiServer.restart();
}

/** Cuts it off, lets every third pod go and half of those come again, compacts, and lets it back. */
async function missMuch(
  { proxy, reflector }: Watched,
  changer: Changer,
  plane: ControlPlane,
  known: ReadonlyMap<string, string>,
  sent: Change[],
): Promise<{ renewed: ReadonlyMap<string, string>; gone: number }> {
  const renewed = new Map<string, string>();
  let gone = 0;
  proxy.refuse(true);
  proxy.reset();
  await waitUntil('it to be cut off', () => reflector.status().trouble !== undefined);
  await compactAway(plane, async () => {
    for (const [name, uid] of known) {
      if (++gone % 3 !== 0) sent.push(await changer.change(PODS, name));
      else {
        sent.push(await changer.change(PODS, name, true));
        if (gone % 2 === 0) {
          sent.push(await changer.change(PODS, name));
          renewed.set(name, uid);
        }
      }
    }
  });
  proxy.refuse(false);
  return { renewed, gone: Math.floor(gone / 3) };
}
