import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import type { ReconcileResult } from './contract.ts';
import { createTestLog } from './test-log.ts';
import { createWorkQueue } from './work-queue.ts';

type Reconcile = (key: string, begun: number) => Promise<ReconcileResult | undefined>;

function setUp(reconcile: Reconcile = async () => undefined, workers = 4) {
  const clock = new FakeClock();
  const began: [key: string, atMs: number][] = [];
  const queue = createWorkQueue({
    ...{ name: 'test', workers, clock, log: createTestLog().log },
    reconcile: (key) => {
      began.push([key, clock.nowMs()]);
      return reconcile(key, began.filter(([one]) => one === key).length);
    },
  });
  return { clock, queue, began, keys: () => began.map(([key]) => key) };
}

/** A task that ends when told. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { promise, open: () => resolve(undefined) };
}

describe('a work queue', () => {
  it('works on keys in the order in which they came, each once, however often it was added', async () => {
    const { queue, keys } = setUp(undefined, 1);
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
    expect(queue.depth).toBe(3);
    queue.start();
    await settle();
    expect(keys()).toEqual(['b', 'a', 'c']);
    expect(queue.depth).toBe(0);
  });

  it('lets others have their turn while a thousand keys are worked on', async () => {
    const { clock, queue, keys } = setUp(async () => {
      clock.skip(1);
      return undefined;
    });
    let turns = 0;
    let isDone = false;
    const takeTurns = () => {
      turns++;
      if (!isDone) setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    for (let index = 0; index < 1000; index++) queue.add(`k${index}`);
    queue.start();
    while (keys().length < 1000) await new Promise((resolve) => setImmediate(resolve));
    isDone = true;
    expect(turns).toBeGreaterThan(50);
  });

  it('has one worker a key, and comes again once for all that was added during the work', async () => {
    const first = gate();
    const { queue, keys } = setUp((_, begun) => (begun === 1 ? first.promise : Promise.resolve(undefined)));
    queue.start();
    queue.add('a');
    for (let count = 0; count < 5; count++) queue.add('a');
    await settle();
    expect(keys()).toEqual(['a']);
    first.open();
    await settle();
    expect(keys()).toEqual(['a', 'a']);
  });

  it('has no more workers than it was told, and says how long the longest takes', async () => {
    const gates = [gate(), gate(), gate()];
    let next = 0;
    const { queue, keys, clock } = setUp(() => gates[next++]?.promise ?? Promise.resolve(undefined), 2);
    queue.start();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.advance(700);
    expect(keys()).toEqual(['a', 'b']);
    expect(queue.status()).toMatchObject({ running: 2, depth: 1, longestRunningMs: 700 });
    gates[0]?.open();
    await settle();
    expect(keys()).toEqual(['a', 'b', 'c']);
  });

  it('backs off a key that fails, alone, and forgets it when it succeeds', async () => {
    const { queue, began, clock } = setUp(async (key, begun) => {
      if (key === 'bad' && begun !== 6) throw new Error('no');
      return undefined;
    });
    queue.start();
    queue.add('bad');
    queue.add('good');
    await clock.advance(1000);
    const times = began.filter(([key]) => key === 'bad').map(([, atMs]) => atMs);
    expect(times).toEqual([0, 5, 15, 35, 75, 155]);
    queue.add('bad');
    await clock.advance(6);
    expect(
      began
        .filter(([key]) => key === 'bad')
        .map(([, atMs]) => atMs)
        .slice(6),
    ).toEqual([1000, 1005]);
    expect(began.filter(([key]) => key === 'good').length).toBe(1);
    expect(queue.status().retries).toBe(7);
  });

  it('never waits longer than 1000 s', async () => {
    const { queue, began, clock } = setUp(async () => {
      throw new Error('no');
    });
    queue.start();
    queue.add('a');
    await clock.advance(6_000_000);
    const times = began.map(([, atMs]) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBe(1_000_000);
    expect(times.length).toBeGreaterThan(20);
  });

  it('lets a hundred retries go at once and then ten a second, but never holds up first tries', async () => {
    const { queue, began, clock } = setUp(async (_, begun) => {
      if (begun === 1) throw new Error('no');
      return undefined;
    });
    queue.start();
    for (let key = 0; key < 200; key++) queue.add(`key-${key}`);
    await settle();
    expect(began.length).toBe(200);
    await clock.advance(10);
    expect(began.length).toBe(300);
    await clock.advance(5000);
    expect(began.length).toBeGreaterThanOrEqual(349);
    expect(began.length).toBeLessThanOrEqual(351);
    queue.add('fresh');
    await settle();
    expect(began.at(-1)).toEqual(['fresh', 5010]);
  });

  it('comes again when a reconcile asks for it, and at the earliest of several times', async () => {
    const { queue, began, clock } = setUp(async (_, begun) => (begun < 3 ? { requeueAfterMs: 60_000 } : undefined));
    queue.start();
    queue.addAfter('a', 5000);
    queue.addAfter('a', 2000);
    queue.addAfter('a', 9000);
    await clock.advance(200_000);
    expect(began).toEqual([
      ['a', 2000],
      ['a', 62_000],
      ['a', 122_000],
    ]);
  });

  it('begins nothing after it was stopped, and waits for what is under way', async () => {
    const first = gate();
    const { queue, keys, clock } = setUp(() => first.promise, 1);
    queue.start();
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    let isStopped = false;
    const stopping = queue.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(100);
    expect(isStopped).toBe(false);
    first.open();
    await stopping;
    queue.add('d');
    await clock.advance(100);
    expect(keys()).toEqual(['a']);
  });

  it('works on every key after its last add, never on one key twice at a time', async () => {
    const action = fc.tuple(
      fc.constantFrom('add', 'later', 'wait'),
      fc.constantFrom('a', 'b', 'c'),
      fc.nat({ max: 50 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action), fc.infiniteStream(fc.nat({ max: 4 })), async (actions, dice) => {
        const active = new Set<string>();
        const lastBegan = new Map<string, number>();
        const lastAdded = new Map<string, number>();
        let now = 0;
        const { queue, clock } = setUp(async (key) => {
          expect(active.has(key)).toBe(false);
          active.add(key);
          lastBegan.set(key, ++now);
          const chance = dice.next().value ?? 0;
          if (chance > 1) await clock.sleep(chance * 3);
          active.delete(key);
          if (chance === 0) throw new Error('no');
          return undefined;
        }, 2);
        queue.start();
        for (const [what, key, ms] of actions) {
          if (what === 'wait') await clock.advance(ms);
          else lastAdded.set(key, ++now);
          if (what === 'add') queue.add(key);
          if (what === 'later') queue.addAfter(key, ms);
        }
        await clock.advance(60_000);
        for (const [key, added] of lastAdded) expect(lastBegan.get(key) ?? 0).toBeGreaterThan(added);
        expect(queue.depth).toBe(0);
        await queue.stop();
      }),
      { numRuns: 60 },
    );
  });
});
