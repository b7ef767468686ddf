import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_FINDINGS } from '../known-findings.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, findingOf, keyOf, LABELS, MINUTE, type World } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
const CART = findingOf(LABELS.cartLatency, NOW - 20 * MINUTE, NOW - 10 * MINUTE, 30);
const CALL = findingOf(LABELS.call, NOW - 3 * MINUTE, undefined, -12);
const FRONT = findingOf(LABELS.frontCpu, NOW - 2 * MINUTE, NOW - MINUTE, 8);
const LATER = findingOf(LABELS.feltLatency, NOW + 5 * MINUTE);
let served: TestServer;
let world: World;

beforeEach(async () => {
  world = createWorld();
  world.findings = [CART, CALL, FRONT, LATER];
  served = await serveWorld({ world });
});
afterEach(() => served.server.close());

const ids = async (query: Record<string, string> = {}) =>
  (await served.get('findings', query)).findings.map(({ id }) => id);

describe('the list of findings', () => {
  it.each<[string, Record<string, string>, { id: string }[]]>([
    ['without filters, newest first', {}, [FRONT, CALL, CART]],
    ['worst first, whatever the direction', { order: 'worst' }, [CART, CALL, FRONT]],
    ['open', { state: 'open' }, [CALL]],
    ['closed', { state: 'closed' }, [FRONT, CART]],
    ['of an entity', { entity: keyOf('service', 'cart') }, [CALL]],
    ["of a service, with its pods'", { service: 'cart' }, [CALL, CART]],
    ['of a metric', { metric: 'pod_cpu_usage_cores' }, [FRONT]],
    ['with all words, in any order and case', { text: ' FrontEnd  p50 ' }, [CALL]],
    ['with a word that is nowhere', { text: 'cart nowhere' }, []],
    ['open at any moment of a range', { fromMs: String(NOW - 15 * MINUTE), toMs: String(NOW - 8 * MINUTE) }, [CART]],
    ['open at its end', { fromMs: String(NOW) }, [CALL]],
  ])('%s', async (_, query, expected) => {
    expect(await ids(query)).toEqual(expected.map(({ id }) => id));
  });

  it('comes in pages that join without a hole', async () => {
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await served.get('findings', { limit: '1', ...(next === undefined ? {} : { cursor: next }) });
      expect(page.total).toBe(3);
      seen.push(...page.findings.map(({ id }) => id));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual([FRONT.id, CALL.id, CART.id]);
  });

  it('tells a cursor that is no more', async () => {
    expect(await served.refused('/api/findings?cursor=gone')).toMatchObject({ status: 400, code: 'bad-usage' });
  });

  it('counts what each other choice of a facet would leave', async () => {
    const { facets, total } = await served.get('findings', { state: 'open', service: 'cart' });
    expect(total).toBe(1);
    expect(facets.state).toEqual([
      { value: 'closed', count: 1 },
      { value: 'open', count: 1 },
    ]);
    expect(facets.metric).toEqual([{ value: 'call_latency_seconds', count: 1 }]);
  });

  it('shows the figures behind each, with null for a number that is not there', async () => {
    const [first] = (await served.get('findings', { state: 'open' })).findings;
    expect(first).toMatchObject({
      service: 'cart',
      severity: 'red',
      call: { source: 'frontend', destination: 'cart' },
    });
    expect(first?.opening).toMatchObject({ lower: null, upper: 0.2, guards: [{ guard: 'direction', passed: true }] });
    expect(first).not.toHaveProperty('endMs');
  });

  it('says when it holds fewer than there are', async () => {
    world.findings = Array.from({ length: 5600 }, (_, index) => ({ ...CART, id: `f${index}` }));
    world.changed();
    await served.clock.advance(10_000);
    expect((await served.get('findings')).total).toBe(5000);
    expect(served.log.lines).toEqual([{ level: 'warn', text: expect.stringContaining('the oldest are left out') }]);
  });

  it.each([
    ['a limit that is no number', 'limit=many', 'limit: expected number'],
    ['a limit too large', 'limit=501', 'limit'],
    ['a state that is none', 'state=opne', 'state'],
    ['a text too long', `text=${'x'.repeat(201)}`, 'text'],
  ])('refuses %s', async (_, query, field) => {
    const refusal = await served.refused(`/api/findings?${query}`);
    expect(refusal).toMatchObject({ status: 400, code: 'bad-usage' });
    expect(refusal.message).toContain(`query: ${field}`);
  });
});

describe('one finding', () => {
  it('opens by its id', async () => {
    expect(await served.get('finding', { id: CART.id })).toMatchObject({ id: CART.id, service: 'cart' });
  });

  it('that comes later says when', async () => {
    const refusal = await served.refused(`/api/finding?id=${LATER.id}`);
    expect(refusal.status).toBe(404);
    expect(refusal.message).toContain(`not known before ${new Date(LATER.seenMs).toISOString()}`);
  });

  it('that nobody knows is refused', async () => {
    expect(await served.refused('/api/finding?id=none')).toMatchObject({ status: 404, code: 'not-found' });
  });
});

describe('more findings than anybody reads', () => {
  it('are listed from the newest, with the number of those left out, as on the overview', async () => {
    world.findings = Array.from({ length: MOST_FINDINGS + 7 }, (_, index) => ({ ...CART, id: `loud ${index}` }));
    world.changed();
    await served.clock.advance(1000);
    const { total, leftOut } = await served.get('findings');
    expect({ total, leftOut }).toEqual({ total: MOST_FINDINGS, leftOut: 7 });
    expect((await served.get('overview')).leftOut).toBe(7);
  });

  it('are none on a usual day', async () => {
    expect((await served.get('findings')).leftOut).toBe(0);
  });
});
