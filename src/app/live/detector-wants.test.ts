import { expect, test } from 'vitest';
import { planOf } from '#detect/engine/test-stream.ts';
import type { PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { watching } from '../../../test/fixtures/watching.ts';
import type { PodListener } from './cluster.ts';
import { createDetectorWants } from './detector-wants.ts';

const detector = (app: string, namespace = 'shop') =>
  ({ namespace, name: app, watch: watching(planOf({ selector: { app } })) }) as unknown as DetectorRecord;
const pod = (labels: Record<string, string>) => ({ namespace: 'shop', name: 'p', labels }) as unknown as PodRecord;

function setUp() {
  const clock = new FakeClock();
  const heard = new Set<PodListener>();
  const wanted: string[] = [];
  const wants = createDetectorWants({
    cluster: {
      onPod: (listener) => {
        heard.add(listener);
        return () => heard.delete(listener);
      },
    },
    detectors: { list: () => [detector('cart'), detector('ads'), detector('cart', 'other')].values() },
    want: ({ namespace, name }) => wanted.push(`${namespace}/${name}`),
    steadyClock: clock,
  });
  const tell: PodListener = (now, before) => {
    for (const listener of heard) listener(now, before);
  };
  return { clock, wants, wanted, tell };
}

test('a pod that is labelled otherwise concerns those that select it and those that did', () => {
  const { wanted, tell } = setUp();
  tell(pod({ app: 'cart' }));
  expect(wanted.splice(0)).toEqual(['shop/cart']);
  tell(pod({}), pod({ app: 'cart' }));
  expect(wanted.splice(0)).toEqual(['shop/cart']);
  tell(pod({ app: 'ads' }), pod({ app: 'cart' }));
  expect(wanted).toEqual(['shop/cart', 'shop/ads']);
});

test('all are looked at again every ten minutes, until it is stopped', async () => {
  const { clock, wants, wanted, tell } = setUp();
  wants.start();
  await clock.advance(599_000);
  expect(wanted).toEqual([]);
  await clock.advance(1000);
  expect(wanted.splice(0)).toEqual(['shop/cart', 'shop/ads', 'other/cart']);
  await wants.stop();
  await clock.advance(1_200_000);
  tell(pod({ app: 'cart' }));
  expect(wanted).toEqual([]);
});
