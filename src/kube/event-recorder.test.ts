import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import type { EventNote, KubeClient, KubeRequest, KubeTarget } from './contract.ts';
import { createEventRecorder } from './event-recorder.ts';
import { KubeError } from './kube-error.ts';
import { createTestLog } from './test-log.ts';

interface Sent {
  readonly verb: string;
  readonly target: KubeTarget;
  readonly body: Record<string, unknown> & { series?: { count: number } };
}

function setUp(mostWaiting = 500, wall?: FakeClock) {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const failures: Error[] = [];
  const client: KubeClient = {
    server: 'https://test',
    stream: () => Promise.reject(new Error('not used')),
    close: async () => {},
    request: async <T>(call: { verb: string }, target: KubeTarget, request: KubeRequest = {}) => {
      await new Promise((resolve) => setImmediate(resolve));
      const error = failures.shift();
      if (error !== undefined) throw error;
      sent.push({ verb: call.verb, target, body: request.body as Sent['body'] });
      return {} as T;
    },
  };
  let seed = 0;
  const random = () => {
    seed = (seed + 0.137) % 1;
    return seed;
  };
  const recorder = createEventRecorder({
    ...{ client, clock, random, mostWaiting, log: createTestLog().log },
    ...{ controller: 'tidewatch', instance: 'tidewatch-0', ...(wall && { wall }) },
  });
  return { clock, sent, failures, recorder };
}

function noteOf(change: Partial<EventNote> & { name?: string } = {}): EventNote {
  const { name = 'cart', ...rest } = change;
  return {
    regarding: {
      apiVersion: 'monitoring.my.company/v2',
      kind: 'AnomalyDetector',
      namespace: 'shop',
      name,
      uid: `uid-${name}`,
    },
    ...{ type: 'Normal', reason: 'Active', action: 'Analyse', note: 'watches 3 pods', ...rest },
  };
}

describe('the event recorder', () => {
  it('dates an event by the wall clock, also after the machine slept', async () => {
    const wall = new FakeClock();
    const { clock, sent, recorder } = setUp(500, wall);
    await wall.advance(86_400_000);
    recorder.record(noteOf());
    await clock.advance(1000);
    expect(sent[0]?.body.eventTime).toBe('1970-01-02T00:00:00.000000Z');
  });

  it('sends an event as the API server wants it', async () => {
    const { clock, sent, recorder } = setUp();
    await clock.advance(1234.5678);
    recorder.record(noteOf());
    await settle();
    expect(sent).toEqual([
      {
        verb: 'create',
        target: { namespace: 'shop' },
        body: {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name: expect.stringMatching(/^cart\.[0-9a-f]{16}$/), namespace: 'shop' },
          eventTime: '1970-01-01T00:00:01.234567Z',
          reportingController: 'tidewatch',
          reportingInstance: 'tidewatch-0',
          ...noteOf(),
        },
      },
    ]);
  });

  it('counts what comes again within ten minutes, and patches all that came in between at once', async () => {
    const { clock, sent, recorder } = setUp();
    recorder.record(noteOf());
    await clock.advance(5000);
    for (let count = 0; count < 3; count++) recorder.record(noteOf());
    await clock.advance(5000);
    recorder.record(noteOf({ note: 'something else' }));
    await clock.advance(5000);
    expect(sent.map(({ verb, body }) => [verb, body.series?.count])).toEqual([
      ['create', undefined],
      ['patch', 2],
      ['patch', 4],
      ['create', undefined],
    ]);
    expect(sent[0]?.body.metadata).toEqual({ name: sent[1]?.target.name, namespace: 'shop' });
    await clock.advance(11 * 60_000);
    recorder.record(noteOf());
    await settle();
    expect(sent.at(-1)?.verb).toBe('create');
  });

  it('tries again, in the end drops and counts, and never throws', async () => {
    const { clock, sent, failures, recorder } = setUp();
    failures.push(new KubeError(500, 'x', 'down'), new KubeError(0, 'Unreachable', 'down'));
    recorder.record(noteOf());
    await clock.advance(10_000);
    expect([sent.length, recorder.dropped]).toEqual([1, 0]);
    failures.push(new KubeError(403, 'Forbidden', 'no'));
    recorder.record(noteOf({ name: 'other' }));
    await clock.advance(10_000);
    for (let count = 0; count < 5; count++) failures.push(new KubeError(503, 'x', 'down'));
    recorder.record(noteOf({ name: 'third' }));
    recorder.record(noteOf({ name: 'fourth' }));
    await clock.advance(120_000);
    expect([sent.length, recorder.dropped]).toEqual([2, 2]);
  });

  it('creates an event anew that has run out, with its whole count', async () => {
    const { clock, sent, failures, recorder } = setUp();
    recorder.record(noteOf());
    await clock.advance(1000);
    failures.push(new KubeError(404, 'NotFound', 'gone'));
    recorder.record(noteOf());
    await clock.advance(1000);
    expect(sent.map(({ verb, body }) => [verb, body.series?.count])).toEqual([
      ['create', undefined],
      ['create', 2],
    ]);
  });

  it('takes an event for sent whose answer was lost', async () => {
    const { clock, sent, failures, recorder } = setUp();
    failures.push(new KubeError(409, 'AlreadyExists', 'is there'));
    recorder.record(noteOf());
    await clock.advance(1000);
    recorder.record(noteOf());
    await clock.advance(1000);
    expect(recorder.dropped).toBe(0);
    expect(sent.map(({ verb }) => verb)).toEqual(['patch']);
  });

  it('has a bounded queue, and room for repeats of what is in it', async () => {
    const { clock, sent, recorder } = setUp(3);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'b']) recorder.record(noteOf({ name }));
    await clock.advance(10_000);
    // The first is under way and waits no more.
    expect(recorder.dropped).toBe(1);
    expect(sent.map(({ body }) => (body.regarding as { name: string }).name)).toEqual(['a', 'b', 'c', 'd']);
    expect(sent[1]?.body.series?.count).toBe(2);
  });

  it('cuts a long note to 1 kB, and not within a letter', async () => {
    const { sent, recorder } = setUp();
    recorder.record(noteOf({ note: '😀'.repeat(600) }));
    await settle();
    const note = String(sent[0]?.body.note);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
    expect(note).toMatch(/^(😀)+…$/u);
  });

  it('sends what waits when it stops, and counts what it could not', async () => {
    const { sent, failures, recorder } = setUp();
    failures.push(new KubeError(503, 'x', 'down'));
    recorder.record(noteOf({ name: 'a' }));
    recorder.record(noteOf({ name: 'b' }));
    await recorder.stop();
    recorder.record(noteOf({ name: 'c' }));
    expect(sent.length).toBe(1);
    expect(recorder.dropped).toBe(2);
  });
});
