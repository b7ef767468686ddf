import { afterEach, expect, it } from 'vitest';
import { createLiveWorld } from '../test-live.ts';
import { serveWorld, type TestServer } from '../test-server.ts';

let served: TestServer | undefined;
afterEach(() => served?.server.close());

it('are told as Prometheus takes them, and are none where nobody needs scraping', async () => {
  const target = {
    targets: ['10.0.0.7:9100'],
    labels: { __metrics_path__: '/metrics', namespace: 'shop', pod: 'cart-1' },
  };
  served = await serveWorld({ ...createLiveWorld(), scrapeTargets: { list: () => [target] } });
  expect(await served.get('scrapeTargets')).toEqual([target]);
  await served.server.close();
  served = await serveWorld(createLiveWorld());
  expect(await served.get('scrapeTargets')).toEqual([]);
});
