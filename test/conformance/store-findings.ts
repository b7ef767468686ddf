// What every store must do with findings: filters, words, order, pages, facets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FindingQuery } from '#store/contract.ts';
import type { CurrentStore } from './store.ts';
import { MINUTE, makeBatch, makeFinding, makeTrack, podTrack, T0 } from './store-fixtures.ts';

const HOUR = 60 * MINUTE;

export function describeFindings(current: CurrentStore): void {
  const ids = async (query: Partial<FindingQuery>) =>
    (await current.store.findings({ limit: 100, ...query })).findings.map((finding) => finding.id);

  test('a finding with a known id replaces what is stored', async () => {
    await current.store.append(makeBatch('a', { findings: [makeFinding('f')] }));
    const closed = makeFinding('f', { closedMs: T0 + HOUR, peakScore: -12 });
    await current.store.append(makeBatch('b', { findings: [makeFinding('f', { peakScore: 9 }), closed] }));
    expect(await current.store.finding('f')).toEqual(closed);
    expect(await current.store.finding('g')).toBeUndefined();
    expect((await current.store.rollUps({ fromMs: 0, toMs: T0 + HOUR }, MINUTE)).map(({ opened }) => opened)).toEqual([
      1,
    ]);
    expect(await ids({ open: true })).toEqual([]);
  });

  test('filters: open at any moment of a range, entity, metric, state, service', async () => {
    const front = makeTrack({ __name__: 'latency', namespace: 'shop', pod: 'front-1', service: 'frontend' });
    const findings = [
      makeFinding('early', { startMs: T0, closedMs: T0 + HOUR }),
      makeFinding('late', { startMs: T0 + 3 * HOUR, pod: 'front-1', series: front.series, metric: 'latency' }),
      makeFinding('service', {
        startMs: T0 + 2 * HOUR,
        closedMs: T0 + 4 * HOUR,
        service: 'frontend',
        metric: 'latency',
      }),
    ];
    await current.store.append(makeBatch('a', { tracks: [podTrack('cart-1'), front], findings }));
    expect(await ids({ range: { fromMs: T0 - HOUR, toMs: T0 } })).toEqual([]);
    expect(await ids({ range: { fromMs: T0 + 30 * MINUTE, toMs: T0 + 31 * MINUTE } })).toEqual(['early']);
    expect(await ids({ range: { fromMs: T0 + 2.5 * HOUR, toMs: T0 + 9 * HOUR } })).toEqual(['late', 'service']);
    expect(await ids({ range: { fromMs: T0 + 5 * HOUR, toMs: T0 + 9 * HOUR } })).toEqual(['late']);
    expect(await ids({ entity: 'pod/shop/front-1' })).toEqual(['late']);
    expect(await ids({ metric: 'latency', open: false })).toEqual(['service']);
    expect(await ids({ open: true })).toEqual(['late']);
    expect(await ids({ service: 'frontend' })).toEqual(['late', 'service']);
    expect(await ids({ service: 'cart' })).toEqual(['early']);
    expect(await ids({ service: 'front' })).toEqual([]);
  });

  test('a call counts to the service that is called', async () => {
    const call = { source: 'front', destination: 'cart' };
    const finding = { ...makeFinding('f', { service: 'cart' }), call };
    await current.store.append(makeBatch('a', { findings: [finding] }));
    expect(await ids({ service: 'cart' })).toEqual(['f']);
    expect(await ids({ service: 'front' })).toEqual([]);
  });

  test('the service of a pod is known from a track of an earlier batch, after opening again', async () => {
    const track = podTrack('cart-1', 'cartservice');
    await current.store.append(makeBatch('a', { tracks: [track], points: [{ track: 0, timeMs: T0 }] }));
    await current.reopen();
    await current.store.append(makeBatch('b', { tracks: [], findings: [makeFinding('f', { series: track.series })] }));
    expect(await ids({ service: 'cartservice' })).toEqual(['f']);
  });

  test('words must all occur in entity, metric or detector, in any case and order', async () => {
    const findings = [
      makeFinding('a', { pod: 'CartService-1', metric: 'cpu_usage', detector: 'Pods' }),
      makeFinding('b', { pod: 'adservice-1', metric: 'cpu_usage', detector: 'pods' }),
    ];
    await current.store.append(makeBatch('a', { findings }));
    expect(await ids({ text: 'cart' })).toEqual(['a']);
    expect(await ids({ text: '  CPU\t pods ' })).toEqual(['b', 'a']);
    expect(await ids({ text: 'pods cartservice usage' })).toEqual(['a']);
    expect(await ids({ text: 'cart ad' })).toEqual([]);
    expect(await ids({ text: '' })).toHaveLength(2);
    // A word does not match across two fields.
    expect(await ids({ text: '1cpu' })).toEqual([]);
    expect(await ids({ text: '%' })).toEqual([]);
  });

  test('no text breaks a query, and it finds what a plain search finds', async () => {
    const pods = ['cart-1', "o'neil", '100%_done', 'a*b OR NEAR(c', 'nul\u0000x', 'İstanbul', '"quoted" -minus'];
    const findings = pods.map((pod, index) => makeFinding(`f${index}`, { pod }));
    await current.store.append(makeBatch('a', { findings }));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 10 }),
      fc.constantFrom(...pods, "' OR 1=1 --", '"', 'NOT', '%', '_', '\\', '*', '(', '{a b}:', '\u0000', '\ud800', '^x'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 3 }), async (parts) => {
        const text = parts.join(' ');
        const words = text.toWellFormed().toLowerCase().split(/\s+/u);
        const expected = pods.flatMap((pod, index) => {
          const fields = [`pod/shop/${pod}`, 'cpu_usage', 'd'].map((field) => field.toLowerCase());
          return words.every((word) => fields.some((field) => field.includes(word))) ? [`f${index}`] : [];
        });
        expect((await ids({ text })).sort()).toEqual(expected);
        expect(await ids({ entity: text, metric: text, service: text })).toEqual([]);
        expect(await current.store.finding(text)).toBeUndefined();
      }),
      { numRuns: 80 },
    );
  });

  test('newest first by when it was seen, worst first by the size of the peak', async () => {
    const findings = [
      makeFinding('a', { startMs: T0, peakScore: -20 }),
      makeFinding('b', { startMs: T0 + HOUR, peakScore: 7 }),
      makeFinding('c', { startMs: T0 + 2 * HOUR, peakScore: 9 }),
    ];
    await current.store.append(makeBatch('a', { findings }));
    expect(await ids({})).toEqual(['c', 'b', 'a']);
    expect(await ids({ order: 'worst' })).toEqual(['a', 'c', 'b']);
  });

  test('pages follow each other without gap or repeat, though findings come in between', async () => {
    for (const order of ['newest', 'worst'] as const) {
      await current.store.clear();
      // Several share a time and a peak, so that the order needs a tie-break.
      const early = Array.from({ length: 23 }, (_, index) =>
        makeFinding(`f${index}`, { startMs: T0 + Math.floor(index / 4) * HOUR, peakScore: 7 + (index % 3) }),
      );
      await current.store.append(makeBatch('a', { findings: early }));
      const whole = await ids({ order });
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 100; page++) {
        const query: FindingQuery = { order, limit: 5, ...(cursor === undefined ? {} : { cursor }) };
        const { findings, next } = await current.store.findings(query);
        seen.push(...findings.map((finding) => finding.id));
        cursor = next;
        if (cursor === undefined) break;
        const news = makeFinding(`new${page}`, { startMs: T0 + 99 * HOUR, peakScore: 99 });
        await current.store.append(makeBatch(`b${page}`, { findings: [news] }));
      }
      expect(seen).toEqual(whole);
    }
  });

  test('a page may be as long as is asked for', async () => {
    const findings = Array.from({ length: 450 }, (_, index) => makeFinding(`f${index}`, { startMs: T0 + index }));
    await current.store.append(makeBatch('a', { findings }));
    const page = await current.store.findings({ limit: 430 });
    expect(page.findings.map((finding) => finding.id)).toEqual(
      findings
        .map(({ id }) => id)
        .reverse()
        .slice(0, 430),
    );
    expect(page.total).toBe(450);
    expect(await ids({ limit: 430, cursor: page.next ?? '' })).toHaveLength(20);
  });

  test('total and facets are of the whole list; a facet leaves its own filter out', async () => {
    const findings = [
      makeFinding('a', { pod: 'a-1', metric: 'cpu' }),
      makeFinding('b', { pod: 'a-1', metric: 'memory', closedMs: T0 + HOUR }),
      makeFinding('c', { pod: 'b-1', metric: 'cpu' }),
    ];
    await current.store.append(makeBatch('a', { findings }));
    const page = await current.store.findings({ limit: 1, metric: 'cpu' });
    expect(page.total).toBe(2);
    expect(page.facets).toEqual({
      entity: [
        { value: 'pod/shop/a-1', count: 1 },
        { value: 'pod/shop/b-1', count: 1 },
      ],
      metric: [
        { value: 'cpu', count: 2 },
        { value: 'memory', count: 1 },
      ],
      state: [{ value: 'open', count: 2 }],
    });
  });

  test('a cursor that no page returned and a limit that is no number are refused', async () => {
    await current.store.append(makeBatch('a', { findings: [makeFinding('a'), makeFinding('b')] }));
    const { next } = await current.store.findings({ limit: 1 });
    for (const cursor of ['', 'x', 'bnVsbA', '%%%', Buffer.from('["newest","","a"]').toString('base64url')]) {
      await expect(current.store.findings({ limit: 1, cursor })).rejects.toMatchObject({ code: 'bad-input' });
    }
    // Of another order.
    await expect(current.store.findings({ limit: 1, order: 'worst', cursor: next ?? '' })).rejects.toMatchObject({
      code: 'bad-input',
    });
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await expect(current.store.findings({ limit })).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
}
