import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import type { KubeClient, KubeRequest } from './contract.ts';
import { KubeError } from './kube-error.ts';
import { createLeader } from './leader.ts';
import { createTestLog } from './test-log.ts';

interface StoredLease {
  metadata: { name: string; resourceVersion: string; labels?: Record<string, string> };
  spec: { holderIdentity?: string; leaseTransitions?: number; leaseDurationSeconds?: number; renewTime?: string };
}

/** `mute`: what is written is heard, and not answered. */
interface Link {
  state: 'up' | 'down' | 'mute';
}

/** One lease, with the preconditions of a real one. */
function createLeaseServer() {
  const server = { lease: undefined as StoredLease | undefined, version: 0, writes: [] as string[] };
  const save = (lease: StoredLease) => {
    server.lease = structuredClone({
      ...lease,
      metadata: { ...lease.metadata, resourceVersion: String(++server.version) },
    });
    return structuredClone(server.lease);
  };
  const clientFor = (identity: string, link: Link): KubeClient => ({
    server: 'https://test',
    stream: () => Promise.reject(new Error('not used')),
    close: async () => {},
    request: async <T>(call: { verb: string }, _: unknown, request: KubeRequest = {}) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (link.state === 'down') throw new KubeError(0, 'Unreachable', 'cut off');
      const body = request.body as StoredLease;
      if (call.verb === 'create' && server.lease !== undefined) throw new KubeError(409, 'AlreadyExists', 'is there');
      if (call.verb !== 'create' && server.lease === undefined) throw new KubeError(404, 'NotFound', 'is not there');
      if (call.verb === 'get') return structuredClone(server.lease) as T;
      if (call.verb === 'update' && body.metadata.resourceVersion !== server.lease?.metadata.resourceVersion) {
        throw new KubeError(409, 'Conflict', 'modified');
      }
      server.writes.push(identity);
      const saved = save(body) as T;
      if (link.state === 'mute') throw new KubeError(0, 'Timeout', 'heard and not answered');
      return saved;
    },
  });
  return { server, clientFor, save };
}

function setUp() {
  const clock = new FakeClock();
  const { server, clientFor, save } = createLeaseServer();
  const changes: [identity: string, epoch: number | undefined, atMs: number][] = [];
  const candidate = (identity: string, ownClock = clock, atLeastEpoch = () => 0, wall = ownClock) => {
    const link: Link = { state: 'up' };
    const leader = createLeader({
      ...{ client: clientFor(identity, link), namespace: 'watch', identity, clock: ownClock, random: () => 0 },
      ...{ log: createTestLog().log, atLeastEpoch, wall },
      onChange: (epoch) => void changes.push([identity, epoch, clock.nowMs()]),
    });
    return { leader, link };
  };
  return { clock, server, save, changes, candidate };
}

/** A clock whose process can be frozen: its sleepers do not wake, its time goes on. */
class FreezingClock extends FakeClock {
  readonly #real: FakeClock;
  #thaw: PromiseWithResolvers<void> | undefined;

  constructor(real: FakeClock) {
    super();
    this.#real = real;
  }

  override nowMs(): number {
    return this.#real.nowMs();
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#real.sleep(ms, signal);
    await this.#thaw?.promise;
  }

  freeze(): void {
    this.#thaw = Promise.withResolvers();
  }

  thaw(): void {
    this.#thaw?.resolve();
    this.#thaw = undefined;
  }
}

describe('a leader', () => {
  it('is one of two, and stays it', async () => {
    const { clock, candidate, server, changes } = setUp();
    const [a, b] = [candidate('a'), candidate('b')];
    a.leader.start();
    await settle();
    b.leader.start();
    await clock.advance(60_000);
    expect([a.leader.epoch, b.leader.epoch]).toEqual([1, undefined]);
    expect([a.leader.holder, b.leader.holder]).toEqual(['a', 'a']);
    expect(new Set(server.writes)).toEqual(new Set(['a']));
    expect(changes).toEqual([['a', 1, 0]]);
    expect(server.lease?.spec.leaseDurationSeconds).toBe(15);
  });

  it('is one when two begin at the same moment', async () => {
    const { clock, candidate } = setUp();
    const all = ['a', 'b', 'c'].map((identity) => candidate(identity));
    for (const { leader } of all) leader.start();
    await clock.advance(10_000);
    expect(all.filter(({ leader }) => leader.epoch !== undefined).length).toBe(1);
  });

  it('steps down before its lease ends when it is cut off, and another leads within 25 s with a higher epoch', async () => {
    const { clock, candidate, changes } = setUp();
    const [a, b] = [candidate('a'), candidate('b')];
    a.leader.start();
    await settle();
    b.leader.start();
    await clock.advance(30_000);
    a.link.state = 'down';
    let both = false;
    for (let second = 0; second < 25; second++) {
      await clock.advance(1000);
      both ||= a.leader.epoch !== undefined && b.leader.epoch !== undefined;
    }
    expect(both).toBe(false);
    expect([a.leader.epoch, b.leader.epoch]).toEqual([undefined, 2]);
    const [, down, up] = changes;
    expect(down?.slice(0, 2)).toEqual(['a', undefined]);
    expect(down?.[2]).toBeLessThanOrEqual(40_000);
    expect(up?.slice(0, 2)).toEqual(['b', 2]);
    a.link.state = 'up';
    await clock.advance(10_000);
    expect([a.leader.epoch, b.leader.epoch]).toEqual([undefined, 2]);
  });

  it('knows at once that it leads no more when it wakes up from being frozen', async () => {
    const { clock, candidate, server } = setUp();
    const frozen = new FreezingClock(clock);
    const [a, b] = [candidate('a', frozen), candidate('b')];
    a.leader.start();
    await settle();
    b.leader.start();
    await clock.advance(20_000);
    frozen.freeze();
    await clock.advance(25_000);
    expect(b.leader.epoch).toBe(2);
    // Before any of its code has run.
    expect(a.leader.epoch).toBeUndefined();
    frozen.thaw();
    await clock.advance(20_000);
    expect([a.leader.epoch, b.leader.epoch]).toEqual([undefined, 2]);
    expect(server.lease?.spec.holderIdentity).toBe('b');
  });

  it('gives the lease up when it stops, and the next one leads at its next look', async () => {
    const { clock, candidate, changes } = setUp();
    const [a, b] = [candidate('a'), candidate('b')];
    a.leader.start();
    await settle();
    b.leader.start();
    await clock.advance(10_000);
    const stopping = a.leader.stop();
    await settle();
    await stopping;
    await a.leader.stop();
    expect(a.leader.epoch).toBeUndefined();
    await clock.advance(2500);
    expect(b.leader.epoch).toBe(2);
    expect(changes.map(([identity, epoch]) => [identity, epoch])).toEqual([
      ['a', 1],
      ['a', undefined],
      ['b', 2],
    ]);
  });

  it('does not believe a lease that another clock wrote: only that it does not change', async () => {
    const { clock, candidate, save } = setUp();
    save({
      metadata: { name: 'x', resourceVersion: '' },
      spec: { holderIdentity: 'old', leaseTransitions: 7, leaseDurationSeconds: 15 },
    });
    const { leader } = candidate('a');
    leader.start();
    await clock.advance(14_000);
    expect(leader.epoch).toBeUndefined();
    expect(leader.holder).toBe('old');
    await clock.advance(3000);
    expect(leader.epoch).toBe(8);
  });

  it('takes a lease of its own name from before for another’s', async () => {
    const { clock, candidate, save } = setUp();
    save({
      metadata: { name: 'x', resourceVersion: '' },
      spec: { holderIdentity: 'a', leaseTransitions: 3, leaseDurationSeconds: 15 },
    });
    const { leader } = candidate('a');
    leader.start();
    await clock.advance(10_000);
    expect(leader.epoch).toBeUndefined();
    await clock.advance(8000);
    expect(leader.epoch).toBe(4);
  });

  it('takes its own lease back as soon as it is heard again, under another epoch', async () => {
    const { clock, candidate, changes } = setUp();
    const { leader, link } = candidate('a');
    leader.start();
    await clock.advance(5000);
    link.state = 'down';
    await clock.advance(11_000);
    expect(leader.epoch).toBeUndefined();
    link.state = 'up';
    await clock.advance(2500);
    expect(leader.epoch).toBe(2);
    expect(changes.map(([, epoch]) => epoch)).toEqual([1, undefined, 2]);
  });

  it('takes the lease whose making was heard and not answered', async () => {
    const { clock, candidate } = setUp();
    const { leader, link } = candidate('a');
    link.state = 'mute';
    leader.start();
    await clock.advance(1000);
    expect(leader.epoch).toBeUndefined();
    link.state = 'up';
    await clock.advance(3000);
    expect(leader.epoch).toBe(2);
  });

  it('knows that it leads no more when the machine wakes up, whose steady clock stood still', async () => {
    const { clock, candidate } = setUp();
    const wall = new FakeClock();
    const { leader } = candidate('a', clock, () => 0, wall);
    leader.start();
    await settle();
    expect(leader.epoch).toBe(1);
    await wall.advance(60_000);
    // Before any of its code has run.
    expect(leader.epoch).toBeUndefined();
    await clock.advance(3000);
    expect(leader.epoch).toBe(2);
  });

  it('writes the wall clock’s time', async () => {
    const { clock, candidate, server } = setUp();
    const wall = new FakeClock();
    await wall.advance(86_400_000);
    const { leader } = candidate('a', clock, () => 0, wall);
    leader.start();
    await settle();
    expect(server.lease?.spec.renewTime).toBe('1970-01-02T00:00:00.000000Z');
  });

  it('goes on when somebody else labels its lease, and keeps the label', async () => {
    const { clock, candidate, server, save, changes } = setUp();
    const { leader } = candidate('a');
    leader.start();
    await clock.advance(5000);
    if (server.lease !== undefined)
      save({ ...server.lease, metadata: { ...server.lease.metadata, labels: { a: 'b' } } });
    await clock.advance(30_000);
    expect(leader.epoch).toBe(1);
    expect(changes.length).toBe(1);
    expect(server.lease?.metadata.labels).toEqual({ a: 'b' });
  });

  it('never leads under an epoch that was before, also when the lease is deleted', async () => {
    const { clock, candidate, server, changes } = setUp();
    const { leader } = candidate('a');
    leader.start();
    await clock.advance(5000);
    server.lease = undefined;
    await clock.advance(30_000);
    expect(leader.epoch).toBe(2);
    expect(changes.map(([, epoch]) => epoch)).toEqual([1, undefined, 2]);
  });

  it('does not lead under a count that somebody set to the most, says so, and begins anew when the lease is deleted', async () => {
    const { clock, server, save, candidate } = setUp();
    const { leader } = candidate('a');
    leader.start();
    await clock.advance(1000);
    const most = 2 ** 31 - 1;
    if (server.lease !== undefined) save({ ...server.lease, spec: { ...server.lease.spec, leaseTransitions: most } });
    await clock.advance(30_000);
    expect(leader.epoch).toBeUndefined();
    expect(leader.trouble?.message).toContain('kubectl delete lease tidewatch-operator -n watch');
    expect(server.lease?.spec.leaseTransitions).toBe(most);
    server.lease = undefined;
    await clock.advance(5000);
    expect(leader.epoch).toBe(2);
    await leader.stop();
  });

  it('goes on under the epoch that is asked for, where a store has seen more than the lease tells', async () => {
    const { clock, candidate, server, changes } = setUp();
    let least = 0;
    const [a, b] = [candidate('a', clock, () => least), candidate('b')];
    a.leader.start();
    await settle();
    b.leader.start();
    await clock.advance(5000);
    least = 9;
    await clock.advance(3000);
    expect([a.leader.epoch, b.leader.epoch]).toEqual([9, undefined]);
    await clock.advance(30_000);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 9 });
    const stopping = a.leader.stop();
    await settle();
    await stopping;
    await clock.advance(2500);
    expect(b.leader.epoch).toBe(10);
    expect(changes.map(([identity, epoch]) => [identity, epoch])).toEqual([
      ['a', 1],
      ['a', 9],
      ['a', undefined],
      ['b', 10],
    ]);
  });

  it('takes a lease under the epoch that is asked for, also one that is not there yet', async () => {
    const { clock, candidate, server } = setUp();
    const { leader } = candidate('a', clock, () => 7);
    leader.start();
    await settle();
    expect(leader.epoch).toBe(7);
    expect(server.lease?.spec.leaseTransitions).toBe(7);
  });

  it('does not take another’s lease to raise its epoch', async () => {
    const { clock, candidate, server, save, changes } = setUp();
    let least = 0;
    const { leader } = candidate('a', clock, () => least);
    leader.start();
    await clock.advance(5000);
    save({
      metadata: { name: 'x', resourceVersion: '' },
      spec: { holderIdentity: 'b', leaseTransitions: 4, leaseDurationSeconds: 15 },
    });
    least = 9;
    await clock.advance(3000);
    expect(leader.epoch).toBeUndefined();
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 4 });
    expect(changes.map(([, epoch]) => epoch)).toEqual([1, undefined]);
  });

  it('says why it cannot reach the lease, and since when, until it can', async () => {
    const { clock, candidate } = setUp();
    const { leader, link } = candidate('a');
    leader.start();
    await clock.advance(10_000);
    expect(leader.trouble).toBeUndefined();
    link.state = 'down';
    await clock.advance(30_000);
    expect(leader.trouble).toEqual({ message: 'cut off', sinceMs: expect.any(Number) });
    expect(leader.trouble?.sinceMs).toBeLessThan(13_000);
    link.state = 'up';
    await clock.advance(3000);
    expect(leader.trouble).toBeUndefined();
  });

  it('is in no trouble when another was first', async () => {
    const { clock, candidate } = setUp();
    const all = ['a', 'b', 'c'].map((identity) => candidate(identity));
    for (const { leader } of all) leader.start();
    await clock.advance(1000);
    expect(all.map(({ leader }) => leader.trouble)).toEqual([undefined, undefined, undefined]);
  });
});
