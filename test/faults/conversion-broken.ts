// F15: who converts between versions is away, silent, answers with another object, or fails for one of a hundred. What needs it
// is refused in the API server's words and never answered wrongly; the stored version of every object, and all other kinds,
// are served. That a conversion loses nothing is tried ten thousand times in test/conformance/conversion.test.ts.
import type { Rng } from '#stats/rng.ts';
import { call, pathOf, type Session } from '../cluster/admission/session.ts';
import { callUnlessBusy, isTooBusy } from '../cluster/admission/unless-busy.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { ADMITTED_NEED, detectorOf, NAMESPACES, openAdmitted } from './admitted.ts';
import { failingKinds, readApiMetrics } from './api-metrics.ts';
import { startBystanders } from './bystanders.ts';
import { demand, type Fault } from './contract.ts';
import type { Asked, ReviewedObject, ReviewFault } from './review-proxy.ts';

const OBJECTS = 100;
/** Requests while it is broken in one way. */
const TURNS = 80;
const LIST_EVERY = 40;
/** Unlike reviews of admission, conversions are waited for as long as the API server likes: half a minute. */
const PATIENCE_MS = 3000;
const BACK_MS = 20_000;
const MERGE = { 'content-type': 'application/merge-patch+json' };
/** Writes that a machine without processor time has no review for in time. */
const MOST_BUSY = 4;
/** A list that has no copy to be read from does not always say why. */
const SAID =
  /^storage is \(re\)initializing|^conversion webhook for monitoring\.my\.company\/v[12], Kind=AnomalyDetector (failed|returned)/;

interface Way {
  readonly name: string;
  /** Whether it is about the one object only. */
  readonly isOfOne?: boolean;
  choose(bad: string): (asked: Asked) => ReviewFault | undefined;
}

const WAYS: readonly Way[] = [
  { name: '500', choose: () => () => ({ kind: 'status', status: 500 }) },
  {
    name: 'the objects of the review before',
    choose: () => {
      let before: ReviewedObject[] = [];
      const change = (answered: { convertedObjects?: ReviewedObject[] }) => {
        const { convertedObjects = [] } = answered;
        answered.convertedObjects = before;
        before = convertedObjects;
      };
      return () => ({ kind: 'answered', change });
    },
  },
  {
    name: 'one of a hundred that cannot be converted',
    isOfOne: true,
    choose: (bad) => {
      const isIt = ({ metadata }: ReviewedObject) => metadata.name === bad && metadata.namespace === 'shop';
      const change = ({ objects = [] }: Asked) => {
        for (const one of objects) if (isIt(one)) one.apiVersion = 'other.example.org/v2';
      };
      return ({ objects = [] }) => (objects.some(isIt) ? { kind: 'asked', change } : undefined);
    },
  },
];

export const conversionBroken: Fault = {
  id: 'F15',
  title: 'the conversion away, silent, with other objects, failing for one of a hundred',
  needs: ADMITTED_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, session, reviews } = await openAdmitted({ folder, ending });
    const users = createUsers(session, rng);
    await users.fill();
    const bad = `one-${Math.floor(rng.uniform() * OBJECTS)}`;
    const others = await startBystanders(plane, 'bystanders');
    const told: string[] = [];
    for (const { name, isOfOne = false, choose } of WAYS) {
      const fault = choose(bad);
      reviews.choose = (path, asked) => (path === '/convert' ? fault(asked) : undefined);
      const { served, refused, lists } = await users.use(isOfOne ? bad : undefined);
      reviews.choose = () => undefined;
      const backMs = await users.untilSame();
      demand(refused > 0, `${name}: nothing was refused`);
      const listed = isOfOne ? `, and ${lists} lists` : '';
      told.push(`${name}: ${refused} of v1 refused${listed}, ${served} served`);
      say(`${told.at(-1)}; the same again after ${backMs.toFixed(0)} ms`);
    }
    const silentMs = await silent(session, (choose) => {
      reviews.choose = choose;
    });
    const usualMs = await others.stop();
    await users.untilSame();
    const failing = failingKinds(await readApiMetrics(plane));
    demand(failing.join() === 'anomalydetectors.monitoring.my.company', `5xx of ${failing.join(', ')}`);
    return {
      broken: `conversions answered with ${WAYS.map(({ name }) => name).join('; ')}; then never: ${OBJECTS} detectors in one namespace and as many in another, read and written in both versions`,
      seen: `${told.join('; ')}; v2 of all served, no answer wrong, the reason told; a silent one held a request of v1 for as long as its client let it (${(silentMs / 1000).toFixed(1)} s), and none of v2; other kinds served, 95 % within ${usualMs.toFixed(0)} ms`,
      ...(await users.compare()),
    };
  },
};

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects of a reply
  readonly body: any;
}

interface Kept {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly threshold: number };
}

/** Whoever reads and writes detectors of both namespaces in both versions, and knows what was acknowledged. */
function createUsers(session: Session, rng: Rng) {
  const known = new Map<string, number>();
  const refusedNames = new Set<string>();
  let serial = 0;
  const at = (namespace: string, name: string) => `${namespace}/${name}`;
  const create = async (namespace: string, name: string, version: 'v1' | 'v2'): Promise<Reply> => {
    const threshold = 1 + (++serial % 49);
    const body = JSON.stringify(detectorOf(name, version, namespace, { threshold }));
    const reply = await call(session, pathOf(version, '', namespace), { method: 'POST', body });
    if (reply.status === 201) {
      known.set(at(namespace, name), threshold);
      refusedNames.delete(at(namespace, name));
    } else refusedNames.add(at(namespace, name));
    return reply;
  };
  const change = async (namespace: string, name: string, version: 'v1' | 'v2'): Promise<Reply> => {
    const threshold = 1 + (++serial % 49);
    const patch = { method: 'PATCH', body: JSON.stringify({ spec: { threshold } }), headers: MERGE };
    const reply = await call(session, pathOf(version, name, namespace), patch);
    if (reply.status === 200) known.set(at(namespace, name), threshold);
    return reply;
  };
  const checked = (namespace: string, { metadata, spec }: Kept) => {
    const expected = known.get(at(namespace, metadata.name));
    demand(spec.threshold === expected, `${metadata.name}: ${spec.threshold} instead of ${expected}`);
  };
  const get = async (namespace: string, name: string, version: 'v1' | 'v2'): Promise<Reply> => {
    const reply = await call(session, pathOf(version, name, namespace));
    if (reply.status === 200) checked(namespace, reply.body);
    return reply;
  };
  const list = async (namespace: string, version: 'v1' | 'v2'): Promise<Reply> => {
    const reply = await call(session, pathOf(version, '', namespace));
    if (reply.status === 200) for (const one of reply.body.items as Kept[]) checked(namespace, one);
    return reply;
  };
  const one = (most: number) => Math.floor(rng.uniform() * most);
  return {
    async fill() {
      for (const namespace of NAMESPACES) {
        const names = Array.from({ length: OBJECTS }, (_, index) => `one-${index}`).values();
        const work = async () => {
          for (const name of names) {
            const { status, body } = await callUnlessBusy(() => create(namespace, name, 'v2'));
            demand(status === 201, `${name} is refused: ${status} ${body.message}`);
          }
        };
        await Promise.all([work(), work(), work(), work()]);
      }
    },
    /** `bad`: the only one that may be refused, but for lists. */
    async use(bad?: string) {
      const counts = { served: 0, refused: 0, lists: 0, busy: 0 };
      // What is read of v1 from now on must be converted anew.
      if (bad !== undefined) {
        const { status, body } = await callUnlessBusy(() => change('shop', bad, 'v2'));
        demand(status === 200, `${bad} cannot be changed in v2: ${status} ${body.message}`);
      }
      for (let turn = 0; turn < TURNS; turn++) {
        const namespace = NAMESPACES[one(2)] ?? 'shop';
        const isBad = bad !== undefined && turn % 5 === 0;
        const name = isBad ? bad : `one-${one(OBJECTS)}`;
        const ways = [get, change, create] as const;
        // While its copy of v1 cannot be made, the API server waits three seconds before it refuses a list.
        const way = turn % LIST_EVERY === LIST_EVERY - 1 ? list : (ways[one(3)] ?? get);
        const version = way === list || rng.uniform() < 0.6 ? 'v1' : 'v2';
        const { status, body } =
          way === list
            ? await list(namespace, version)
            : await (way as typeof get)(namespace, way === create ? `new-${++serial}` : name, version);
        const what = `${way.name} ${version} ${namespace}/${name}`;
        if (status < 300) counts.served++;
        // It has two seconds to be judged, conversions or not.
        else if (isTooBusy(body.message)) demand(++counts.busy <= MOST_BUSY, `${what}: ${body.message}`);
        else {
          demand(version === 'v1' && SAID.test(body.message), `${what}: ${status} ${body.message}`);
          const isAllowed = bad === undefined || way === list || (name === bad && namespace === 'shop');
          demand(isAllowed, `${what} was refused: ${body.message}`);
          const isWhy = body.message.includes(`(shop/${bad}) cannot be converted: `);
          demand(bad === undefined || way === list || isWhy, body.message);
          counts[bad !== undefined && way === list ? 'lists' : 'refused']++;
        }
      }
      return counts;
    },
    /** Both versions of both namespaces are what was acknowledged; milliseconds. */
    async untilSame(): Promise<number> {
      const beganMs = performance.now();
      await waitUntil(
        'both versions to be served',
        async () => {
          for (const namespace of NAMESPACES) {
            for (const version of ['v1', 'v2'] as const) {
              const { status, body } = await list(namespace, version);
              if (status !== 200) throw new Error(`${namespace} ${version}: ${status} ${body.message}`);
            }
          }
          return true;
        },
        { timeoutMs: BACK_MS },
      );
      return performance.now() - beganMs;
    },
    async compare() {
      const there = new Set<string>();
      for (const namespace of NAMESPACES) {
        const { body } = await list(namespace, 'v2');
        for (const { metadata } of body.items as Kept[]) there.add(at(namespace, metadata.name));
      }
      return {
        lost: [...known.keys()].filter((key) => !there.has(key)).length,
        doubled: [...there].filter((key) => refusedNames.has(key)).length,
      };
    },
  };
}

/** A conversion that never ends: how long a client is held that gives the API server so long, in milliseconds. */
async function silent(session: Session, choose: (fault: (path: string) => ReviewFault | undefined) => void) {
  choose((path) => (path === '/convert' ? { kind: 'hang' } : undefined));
  const beganMs = performance.now();
  const held = call(session, `${pathOf('v1', 'one-0')}?timeout=${PATIENCE_MS}ms`).then(({ status }) => {
    demand(status >= 500, `answered with ${status}`);
    return performance.now() - beganMs;
  });
  for (let times = 0; times < 20; times++) {
    const { status, body } = await call(session, pathOf('v2', `one-${times}`, 'elsewhere'));
    demand(status === 200, `v2 meanwhile: ${status} ${body.message}`);
  }
  const tookMs = await held;
  demand(tookMs < 2 * PATIENCE_MS, `it was held for ${tookMs.toFixed(0)} ms`);
  choose(() => undefined);
  return tookMs;
}
