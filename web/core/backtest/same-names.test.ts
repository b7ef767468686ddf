import { expect, test } from 'vitest';
import { differencesOf } from './same-names.ts';

const entity = { kind: 'service', namespace: 'shop', name: 'adservice' } as const;
const call = { source: 'frontend', destination: 'adservice' };
const seriesOf = (track: string, labels: Readonly<Record<string, string>>, metric = 'latency_p50') => {
  return { track, metric, entity, labels: { __name__: metric, ...call, ...labels } };
};
const byMetric = ({ metric }: { readonly metric: string }) => metric;

test('series of one name are told apart by the labels that differ, and by no others', () => {
  const tracks = [
    seriesOf('a', { reporter: 'source', mesh: 'm' }),
    seriesOf('b', { reporter: 'destination', mesh: 'm' }),
    seriesOf('c', { reporter: 'source' }, 'errors'),
  ];
  expect(differencesOf(tracks, byMetric)).toEqual(
    new Map([
      ['a', ['reporter=source']],
      ['b', ['reporter=destination']],
    ]),
  );
});

test('a label that one of them has not is told of the others', () => {
  const found = differencesOf([seriesOf('a', {}), seriesOf('b', { code: '500' })], byMetric);
  expect([...found]).toEqual([
    ['a', []],
    ['b', ['code=500']],
  ]);
});

test('where words are the same metric and namespace tell them apart', () => {
  const other = { ...seriesOf('b', {}, 'latency_median'), entity: { ...entity, namespace: 'bank' } };
  const found = differencesOf([seriesOf('a', {}), other], () => 'P50 latency');
  expect(found.get('a')).toEqual(['metric=latency_p50', 'namespace=shop']);
  expect(found.get('b')).toEqual(['metric=latency_median', 'namespace=bank']);
});
