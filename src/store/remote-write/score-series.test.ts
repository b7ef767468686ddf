import { expect, it } from 'vitest';
import { seriesOfTrack } from './score-series.ts';

const score = (labels: Record<string, string>) => Object.fromEntries(seriesOfTrack('latency', labels).scores);

it.each([
  [
    'a track becomes a series with its labels, its metric and its detector',
    { __name__: 'latency_seconds', pod: 'cart-0', namespace: 'shop' },
    { detector: 'latency', metric: 'latency_seconds', namespace: 'shop', pod: 'cart-0' },
  ],
  [
    'labels with names of ours are kept under another',
    { __name__: 'm', detector: 'theirs', metric: 'x', exported_metric: 'y' },
    {
      detector: 'latency',
      exported_detector: 'theirs',
      exported_metric: 'x',
      exported_exported_metric: 'y',
      metric: 'm',
    },
  ],
  [
    'illegal names become legal',
    { __name__: 'm', 'a.b': '1', '9': '2' },
    { _9: '2', a_b: '1', detector: 'latency', metric: 'm' },
  ],
  ['an empty label is none', { __name__: 'm', zone: '' }, { detector: 'latency', metric: 'm' }],
])('%s', (_, labels, expected) => {
  expect(score(labels)).toEqual({ __name__: 'tidewatch_score', ...expected });
});

it('labels are in the order of their names, whatever the order they came in', () => {
  const names = seriesOfTrack('d', { z: '1', __name__: 'm', B: '2', a: '3' }).lower.map(([name]) => name);
  expect(names).toEqual(['B', '__name__', 'a', 'detector', 'metric', 'z']);
});

it('what the cluster says of the service is the label, where the metric has none', () => {
  expect(score({ __name__: 'm', __service: 'cart' })).toMatchObject({ service: 'cart' });
  expect(score({ __name__: 'm', __service: 'cart', service: 'own' })).toMatchObject({ service: 'own' });
});
