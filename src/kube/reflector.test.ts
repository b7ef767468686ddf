import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import { CALLS } from './calls.ts';
import type { KubeRecord, ReflectorListener } from './contract.ts';
import { KubeError } from './kube-error.ts';
import { objectKey } from './object-key.ts';
import { createReflector, type ReflectorOptions } from './reflector.ts';
import { TestApi, type TestObject } from './test-api.ts';
import { createTestLog } from './test-log.ts';

interface Thing extends KubeRecord {
  readonly value: string;
}

function toThing(object: unknown): Thing | undefined {
  const { metadata, spec } = object as TestObject;
  if (spec.value === 'poison') throw new Error('cannot be read');
  return spec.value === 'unwanted' ? undefined : { ...metadata, value: spec.value };
}

/** Keeps a second copy from what it hears alone, and says what may not be heard. */
function createWitness() {
  const heard = new Map<string, Thing>();
  const said: string[] = [];
  const wrong: string[] = [];
  const keyOf = (thing: Thing) => objectKey(thing.namespace, thing.name);
  const listener: ReflectorListener<Thing> = {
    added: (thing) => {
      if (heard.has(keyOf(thing))) wrong.push(`added twice: ${keyOf(thing)}`);
      heard.set(keyOf(thing), thing);
      said.push(`+${thing.name}=${thing.value}`);
    },
    updated: (thing, before) => {
      if (heard.get(keyOf(thing)) !== before || before.uid !== thing.uid)
        wrong.push(`updated from nothing: ${thing.name}`);
      if (before.resourceVersion === thing.resourceVersion) wrong.push(`no news: ${thing.name}`);
      heard.set(keyOf(thing), thing);
      said.push(`~${thing.name}=${thing.value}`);
    },
    deleted: (thing) => {
      if (heard.get(keyOf(thing)) !== thing) wrong.push(`deleted, but not there: ${thing.name}`);
      heard.delete(keyOf(thing));
      said.push(`-${thing.name}`);
    },
  };
  return { heard, said, wrong, listener };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function setUp(options: Partial<ReflectorOptions<Thing>> = {}) {
  const api = new TestApi();
  const clock = new FakeClock();
  const witness = createWitness();
  const { log, lines, warnings } = createTestLog();
  const reflector = createReflector<Thing>({
    ...{ client: api, list: CALLS.listPods, watch: CALLS.watchPods, project: toThing, clock, log },
    ...{ random: () => 0.5, listeners: [witness.listener], ...options },
  });
  stops.push(() => reflector.stop());
  const values = () => Object.fromEntries([...reflector.list()].map(({ name, value }) => [name, value]));
  const begin = async () => {
    reflector.start();
    await settle();
  };
  return { api, clock, witness, reflector, values, begin, lines, warnings };
}

describe('a reflector', () => {
  it('has what the server has, and hears what changes', async () => {
    const { api, witness, reflector, values, begin } = setUp();
    api.put('a', '1');
    await begin();
    await reflector.synced();
    api.put('b', '1');
    api.put('a', '2');
    api.remove('b');
    await settle();
    expect(values()).toEqual({ a: '2' });
    expect(witness.said).toEqual(['+a=1', '+b=1', '~a=2', '-b']);
    expect(reflector.get('shop/a')?.value).toBe('2');
    expect(reflector.size).toBe(1);
  });

  it('lists in pages and asks for bookmarks and an end of the watch', async () => {
    const { api, begin, reflector } = setUp({ pageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(name, '1');
    await begin();
    expect(reflector.size).toBe(5);
    const queries = api.requests.map(({ request }) => request.query);
    expect(queries.map((query) => query?.limit)).toEqual([2, 2, 2, undefined]);
    expect(queries[3]).toEqual({ resourceVersion: '6', allowWatchBookmarks: true, timeoutSeconds: 450 });
  });

  it('begins its list anew when its moment was compacted between two pages', async () => {
    const { api, begin, clock, values, reflector, witness } = setUp({ pageSize: 1 });
    api.put('a', '1');
    api.put('b', '1');
    api.onPage = () => {
      api.onPage = undefined;
      api.remove('a');
      api.compact();
    };
    await begin();
    expect(reflector.isSynced).toBe(false);
    await clock.advance(1000);
    expect(values()).toEqual({ b: '1' });
    expect(witness.said).toEqual(['+b=1']);
  });

  it.each([
    ['is reset', (api: TestApi) => api.cut()],
    ['is reset in the middle of a line', (api: TestApi) => api.cut('{"type":"MODIFIED","obj')],
    ['is ended by the server', (api: TestApi) => api.end()],
    ['is reset and then refused with 410', (api: TestApi) => api.cut()],
    [
      'gets 410 as an event',
      (api: TestApi) => {
        api.compact();
        api.send('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n');
      },
    ],
  ])('loses and doubles nothing when its watch %s', async (_, fault) => {
    const { api, clock, witness, values, begin, reflector } = setUp();
    for (const name of ['stays', 'changes', 'goes', 'comes again']) api.put(name, '1');
    await begin();
    await clock.advance(5);
    fault(api);
    // While nobody watches.
    api.put('changes', '2');
    api.remove('goes');
    api.remove('comes again');
    api.put('comes again', '1');
    if (_.includes('410')) api.compact();
    await clock.advance(5000);
    expect(values()).toEqual({ stays: '1', changes: '2', 'comes again': '1' });
    expect(witness.said.slice(4).sort()).toEqual(['+comes again=1', '-comes again', '-goes', '~changes=2'].sort());
    expect(witness.said.indexOf('-comes again')).toBeLessThan(witness.said.lastIndexOf('+comes again=1'));
    expect(witness.wrong).toEqual([]);
    expect(reflector.status()).toMatchObject({ lists: _.includes('410') ? 2 : 1, trouble: undefined });
  });

  it('notices within 100 s that a watch is silent, says so, and comes back', async () => {
    const { api, clock, values, begin, reflector } = setUp();
    await begin();
    api.silent = true;
    api.put('a', '1');
    await clock.advance(89_000);
    expect(reflector.status().trouble).toBeUndefined();
    await clock.advance(1500);
    expect(reflector.status().trouble).toMatch(/said nothing for 90 s/);
    api.silent = false;
    await clock.advance(8500);
    expect(values()).toEqual({ a: '1' });
    expect(reflector.status()).toMatchObject({ trouble: undefined, lists: 1 });
  });

  it('warns of no silence that a new watch ends, and of a watch that cannot be opened it does', async () => {
    const { api, clock, begin, warnings, lines } = setUp();
    await begin();
    await clock.advance(95_000);
    expect(lines.some((line) => /said nothing/.test(line))).toBe(true);
    expect(warnings).toEqual([]);
    api.failures.push({ verb: 'watch', error: new KubeError(0, 'Unreachable', 'nobody is there') });
    await clock.advance(95_000);
    expect(warnings).toEqual(['nobody is there']);
  });

  it('is not silent as long as bookmarks come', async () => {
    const { api, clock, begin, reflector } = setUp();
    await begin();
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000);
      api.bookmark();
    }
    expect(reflector.status()).toMatchObject({ watches: 1, retries: 0 });
  });

  it('goes on from a bookmark, so that compaction costs no list', async () => {
    const { api, clock, begin, reflector } = setUp();
    await begin();
    api.put('a', 'unwanted');
    api.bookmark();
    await clock.advance(20_000);
    api.compact();
    api.end();
    await clock.advance(1000);
    expect(reflector.status()).toMatchObject({ lists: 1, watches: 2, retries: 0 });
  });

  it('tries at most twenty times a minute, whatever fails, and comes back', async () => {
    const { api, clock, begin, reflector, values } = setUp({ random: () => 0 });
    for (let count = 0; count < 12; count++) {
      api.failures.push({ verb: 'list', error: new KubeError(500, 'InternalError', 'down') });
    }
    await begin();
    await clock.advance(60_000);
    expect(reflector.status().retries).toBeGreaterThan(4);
    expect(reflector.status().retries).toBeLessThanOrEqual(20);
    expect(reflector.status().trouble).toBe('down');
    api.put('a', '1');
    await clock.advance(10 * 60_000);
    expect(values()).toEqual({ a: '1' });
    const before = reflector.status().retries;
    for (let second = 0; second < 60; second++) {
      await clock.advance(1000);
      api.put('a', String(second));
      api.cut();
    }
    expect(reflector.status().retries - before).toBeLessThanOrEqual(20);
  });

  it('loses and doubles nothing when it is reset every 2 s at 300 changes a second, and backs off', async () => {
    const { api, clock, begin, reflector, values, witness } = setUp();
    await begin();
    for (let tick = 0; tick < 600; tick++) {
      for (let change = 0; change < 30; change++) {
        const name = `pod-${(tick * 7 + change * 13) % 97}`;
        if (change % 5 === 4) api.remove(name);
        else api.put(name, `${tick}.${change}`);
      }
      await clock.advance(100);
      if (tick % 20 === 19) api.cut('{"type":"MODIFIED","object":{"metadata"');
    }
    await clock.advance(5000);
    expect(values()).toEqual(
      Object.fromEntries([...api.objects.values()].map((one) => [one.metadata.name, one.spec.value])),
    );
    expect(witness.wrong).toEqual([]);
    expect([api.mostListsAtOnce, api.mostWatchesAtOnce, reflector.status().lists]).toEqual([1, 1, 1]);
    expect(reflector.status().retries).toBeGreaterThan(10);
    expect(reflector.status().retries).toBeLessThanOrEqual(21);
  });

  it('lists soon when the server is back and knows its version no more, however long it was away', async () => {
    const { api, clock, begin, reflector } = setUp();
    await begin();
    const away = { verb: 'watch', error: new KubeError(0, 'Unreachable', 'ECONNREFUSED') } as const;
    for (let count = 0; count < 10; count++) api.failures.push(away);
    api.cut();
    await clock.advance(150_000);
    api.failures.splice(0);
    api.compact();
    api.put('missed', '1');
    api.compact();
    const { watches, lists } = reflector.status();
    while (reflector.status().watches === watches) await clock.advance(1000);
    await clock.advance(5000);
    expect(reflector.status().lists).toBe(lists + 1);
    expect(reflector.get('shop/missed')?.value).toBe('1');
  });

  it('does not come before the server wants it to', async () => {
    const { api, clock, begin, reflector } = setUp();
    const error = new KubeError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 45_000 });
    api.failures.push({ verb: 'list', error });
    await begin();
    await clock.advance(44_000);
    expect(reflector.status().lists).toBe(1);
    await clock.advance(2000);
    expect(reflector.isSynced).toBe(true);
  });

  it('leaves out what it cannot read, counts it, and moves on', async () => {
    const { api, clock, begin, reflector, values, witness } = setUp({ maxLineBytes: 2000 });
    api.put('bad', 'poison');
    await begin();
    api.send('{ this is no JSON\n');
    api.send(`${'x'.repeat(5000)}\n`);
    api.send('{"type":"WEIRD","object":{"metadata":{"resourceVersion":"77"}}}\n');
    api.send('{"type":"ADDED","object":null}\nnull\n');
    api.put('good', 'ünïcödé 😀');
    await settle();
    expect(values()).toEqual({ good: 'ünïcödé 😀' });
    expect(reflector.status().quarantined).toBe(6);
    api.cut();
    await clock.advance(1500);
    expect(api.requests.at(-1)?.request.query?.resourceVersion).toBe(String(api.version));
    expect(witness.said).toEqual(['+good=ünïcödé 😀']);
  });

  it('goes on from the version of an event of unknown type', async () => {
    const { api, clock, begin } = setUp();
    await begin();
    api.send('{"type":"WEIRD","object":{"metadata":{"resourceVersion":"77"}}}\n');
    await settle();
    api.cut();
    await clock.advance(1500);
    expect(api.requests.at(-1)?.request.query?.resourceVersion).toBe('77');
  });

  it('keeps what it held of an object that it cannot read any more, and lets it go when another takes its name', async () => {
    const { api, begin, clock, values } = setUp();
    api.put('a', '1');
    api.put('b', '1');
    await begin();
    api.put('a', 'poison');
    api.remove('b');
    api.put('b', 'poison');
    await settle();
    expect(values()).toEqual({ a: '1' });
    api.cut();
    api.compact();
    api.put('a', 'poison');
    api.compact();
    await clock.advance(2000);
    expect(values()).toEqual({ a: '1' });
  });

  it('lives on when a listener throws or rejects, and the others hear', async () => {
    const deaf: ReflectorListener<Thing> = {
      added: () => {
        throw new Error('no');
      },
      updated: (async () => {
        throw new Error('no');
      }) as () => void,
    };
    const witness = createWitness();
    const { api, begin, reflector } = setUp({ listeners: [deaf, witness.listener] });
    await begin();
    api.put('a', '1');
    api.put('a', '2');
    await settle();
    expect(witness.said).toEqual(['+a=1', '~a=2']);
    expect(reflector.status().listenerErrors).toBe(2);
  });

  it('lists again when its version leads nowhere three times, as after a restored backup', async () => {
    const { api, clock, begin, reflector } = setUp();
    await begin();
    const error = new KubeError(400, 'BadRequest', 'resource version too large');
    for (let count = 0; count < 3; count++) api.failures.push({ verb: 'watch', error });
    api.cut();
    await clock.advance(20_000);
    expect(reflector.status()).toMatchObject({ lists: 2, trouble: undefined });
  });

  it('tells those who wait for the first list when it stops or they give up', async () => {
    const { api, begin, reflector } = setUp();
    const error = new KubeError(403, 'Forbidden', 'no');
    for (let count = 0; count < 50; count++) api.failures.push({ verb: 'list', error });
    await begin();
    const impatience = new AbortController();
    const impatient = expect(reflector.synced(impatience.signal)).rejects.toThrow('given up waiting');
    const patient = expect(reflector.synced()).rejects.toThrow('was stopped before its first list');
    impatience.abort();
    await impatient;
    await reflector.stop();
    await patient;
    await expect(reflector.synced()).rejects.toThrow('was stopped before its first list');
  });

  it('makes no more requests after it stopped', async () => {
    const { api, clock, begin, reflector } = setUp();
    await begin();
    await reflector.stop();
    await reflector.stop();
    const { length } = api.requests;
    expect(api.watches).toBe(0);
    api.put('a', '1');
    await clock.advance(120_000);
    expect(api.requests.length).toBe(length);
  });
});

const NAMES = ['a', 'b', 'c', 'd'] as const;
type Step = readonly [what: string, name: string, waitMs: number];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(
    ...[
      'put',
      'put',
      'put',
      'remove',
      'remove',
      'recreate',
      'unwanted',
      'cut',
      'half a line',
      'end',
      'compact',
      'gone',
    ],
    ...['bookmark', 'malformed', 'refuse list', 'refuse watch', 'silent', 'compact while listing'],
  ),
  fc.constantFrom(...NAMES),
  fc.constantFrom(0, 0, 0, 10, 900, 4000, 100_000),
);

function take(api: TestApi, [what, name]: Step, number: number): void {
  const put = (value: string) => api.put(name, value);
  const refuse = (verb: 'list' | 'watch', status: number) =>
    void api.failures.push({ verb, error: new KubeError(status, 'x', 'refused', { retryAfterMs: 1000 }) });
  const steps: Readonly<Record<string, () => void>> = {
    put: () => put(String(number)),
    remove: () => api.remove(name),
    recreate: () => {
      api.remove(name);
      put(String(number));
    },
    unwanted: () => put('unwanted'),
    cut: () => api.cut(),
    'half a line': () => api.cut('{"type":"ADDED","object":{"metadata":{"resourceVersion":"999999"'),
    end: () => api.end(),
    compact: () => api.compact(),
    gone: () => {
      api.compact();
      api.send('{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n');
    },
    bookmark: () => api.bookmark(),
    malformed: () => api.send('\x00\xff{"type":\n'),
    'refuse list': () => refuse('list', number % 2 === 0 ? 500 : 429),
    'refuse watch': () => refuse('watch', number % 2 === 0 ? 500 : 410),
    silent: () => {
      // What comes now is on the wire for ever: the connection is dead, and nobody knows.
      api.silent = !api.silent;
    },
    'compact while listing': () => {
      api.onPage = () => {
        api.onPage = undefined;
        api.remove(name);
        api.compact();
      };
    },
  };
  steps[what]?.();
}

describe('whatever happens to the connection, a reflector', () => {
  it('ends with what the server has, and its listeners heard just that', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { api, clock, witness, reflector, begin } = setUp({ pageSize: 2 });
        api.put('a', '0');
        api.put('b', '0');
        await begin();
        for (const [number, one] of steps.entries()) {
          // A server never is silent and speaks again on the same connection without what it left out.
          const wasSilent = api.silent;
          take(api, one, number);
          if (wasSilent && !api.silent) api.cut();
          if (one[2] > 0) await clock.advance(one[2]);
        }
        if (api.silent) api.cut();
        api.silent = false;
        api.failures.length = 0;
        for (let minute = 0; minute < 4; minute++) {
          await clock.advance(60_000);
          api.bookmark();
        }
        await settle();
        const truth = [...api.objects.values()].flatMap((object) => toThing(object) ?? []);
        const byName = (things: Iterable<Thing>) => [...things].sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(byName(reflector.list())).toEqual(byName(truth));
        expect(byName(witness.heard.values())).toEqual(byName(truth));
        expect(witness.wrong).toEqual([]);
        expect([api.mostListsAtOnce, api.mostWatchesAtOnce]).toEqual([1, 1]);
        expect(reflector.status().trouble).toBeUndefined();
        await reflector.stop();
      }),
      { numRuns: 150 },
    );
  });
});
