import { afterEach, describe, expect, it } from 'vitest';
import type { Span } from '#model/signal.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, LABELS, MINUTE } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
let served: TestServer | undefined;
afterEach(() => served?.server.close());

function span(service: string, startMs: number, durationMs: number): Span {
  return {
    traceId: 't',
    spanId: `${service}${durationMs}`,
    pod: `${service}-1`,
    service,
    operation: 'get',
    startMs,
    durationMs,
  };
}

async function spansOf(spans: Span[], service = 'cart', fromMs = NOW - 5 * MINUTE) {
  const world = createWorld();
  world.labels = [...world.labels, { ...LABELS.frontCpu, pod: 'ads-1', service: 'ads' }];
  world.spans = spans;
  served = await serveWorld({ world });
  return served.get('spans', { service, fromMs: String(fromMs), toMs: String(NOW + 60 * MINUTE) });
}

describe('spans', () => {
  it('of a service come with those of its callers, slowest first', async () => {
    const { spans, recorded } = await spansOf([
      span('cart', NOW - MINUTE, 5),
      span('frontend', NOW - MINUTE, 50),
      span('ads', NOW - MINUTE, 500),
      span('cart', NOW, 20),
    ]);
    expect(spans.map(({ service, durationMs }) => [service, durationMs])).toEqual([
      ['frontend', 50],
      ['cart', 20],
      ['cart', 5],
    ]);
    expect(recorded).toBe(true);
  });

  it('after the playhead are not shown', async () => {
    expect(await spansOf([span('cart', NOW + 1, 5)])).toEqual({ spans: [], recorded: false, nearestMs: null });
    await served?.server.close();
    expect(await spansOf([span('cart', NOW - MINUTE, 5)], 'cart', NOW + MINUTE)).toEqual({
      spans: [],
      recorded: false,
      nearestMs: null,
    });
  });

  it('that others have say that something was recorded', async () => {
    expect(await spansOf([span('ads', NOW, 5)])).toEqual({ spans: [], recorded: true, nearestMs: null });
  });

  it('that are not there are told by the nearest ones of the service, its callers and callees', async () => {
    const earlier = [span('cart', NOW - 40 * MINUTE, 5), span('frontend', NOW - 20 * MINUTE, 5)];
    const others = [span('ads', NOW - 7 * MINUTE, 5), span('cart', NOW + 2, 5)];
    expect(await spansOf([...earlier, ...others])).toEqual({
      spans: [],
      recorded: false,
      nearestMs: NOW - 20 * MINUTE,
    });
  });

  it('nearest to a range may come after it, and none is told beyond an hour', async () => {
    const world = createWorld();
    served = await serveWorld({ world });
    const range = { service: 'cart', fromMs: String(NOW - 30 * MINUTE), toMs: String(NOW - 25 * MINUTE) };
    world.spans = [span('cart', NOW - 36 * MINUTE, 5), span('cart', NOW - 22 * MINUTE, 5)];
    expect((await served.get('spans', range)).nearestMs).toBe(NOW - 22 * MINUTE);
    world.spans = [span('cart', NOW - 91 * MINUTE, 5)];
    expect((await served.get('spans', range)).nearestMs).toBeNull();
  });

  it('are the two hundred slowest', async () => {
    const { spans } = await spansOf(Array.from({ length: 300 }, (_, index) => span('cart', NOW, index)));
    expect([spans.length, spans[0]?.durationMs, spans.at(-1)?.durationMs]).toEqual([200, 299, 100]);
  });

  it('of an unknown service, or of a range upside down, are refused', async () => {
    served = await serveWorld();
    expect(await served.refused('/api/spans?service=x&fromMs=1&toMs=2')).toMatchObject({ status: 404 });
    expect(await served.refused('/api/spans?service=cart&fromMs=2&toMs=1')).toMatchObject({ status: 400 });
    expect(await served.refused('/api/spans?service=cart&fromMs=2')).toMatchObject({ status: 400 });
  });
});
