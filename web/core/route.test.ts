import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtestOfDetector, backtestPath, entityPath, findingPath, parseRoute } from './route.ts';

describe('a path', () => {
  test.each([
    ['/', 'overview'],
    ['/findings', 'findings'],
    ['/findings/', 'findings'],
    ['/findings/abc', 'finding'],
    ['/answer-key', 'answer-key'],
    ['/detectors', 'detectors'],
    ['/backtest', 'backtest'],
    ['/examples', 'examples'],
    ['/pod/shop/cart-1', 'entity'],
  ])('%s names the page %s', (path, page) => {
    expect(parseRoute(path).page).toBe(page);
  });

  test.each(['/nowhere', '/pod', '/pod/shop', '/pod/shop/cart/more', '/deployment/shop/cart', '/pod/%E0%A4%A/x'])(
    '%s that names nothing is not found, and does not throw',
    (path) => {
      expect(parseRoute(path)).toEqual({ page: 'not-found', path });
    },
  );

  test('of a back-test holds the track whole, and a range of it', () => {
    const track = 'shop/latency|m{a="b&c",d="é#"}';
    const query = new URL(backtestPath(track, { fromMs: 1.5, toMs: 20 }), 'http://x').searchParams;
    expect([query.get('series'), query.get('from'), query.get('to')]).toEqual([track, '2', '20']);
    expect(new URL(backtestOfDetector('*/a'), 'http://x').searchParams.get('detector')).toBe('*/a');
  });

  test('leads back to the entity it was made of, whatever its name', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('pod' as const, 'service' as const),
        fc.string().filter((namespace) => namespace !== '_'),
        fc.string({ minLength: 1 }),
        (kind, namespace, name) => {
          expect(parseRoute(entityPath({ kind, namespace, name }))).toEqual({
            page: 'entity',
            entity: { kind, namespace, name },
          });
        },
      ),
    );
  });

  test('leads back to the finding it was made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        expect(parseRoute(findingPath(id))).toEqual({ page: 'finding', id });
      }),
    );
  });
});

test('a name that is not well-formed text still has a path', () => {
  expect(entityPath({ kind: 'pod', namespace: 'a', name: 'x\ud800y' })).toBe('/pod/a/x%EF%BF%BDy');
});
