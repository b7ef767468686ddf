import { expect, test } from 'vitest';
import { openFindingsOf } from './open-findings.ts';

const track = (detector: string, series: string) => ({ key: `${detector}|${series}`, series });
const finding = (id: string, detector: string, ...series: string[]) => ({
  ...{ id, detector },
  members: series.map((one) => ({ series: one })),
});

test('of detectors that share a series each has its own finding, and none of another', () => {
  const tracks = ['shop/a', 'shop/b', 'shop/c'].map((detector) => track(detector, 's'));
  const openOn = openFindingsOf([finding('of a', 'shop/a', 's'), finding('of b', 'shop/b', 's')], tracks);
  expect(tracks.map(openOn)).toEqual(['of a', 'of b', undefined]);
});

test('a near copy that another detector watches takes part', () => {
  const tracks = [track('p90', 'latency_p90'), track('p99', 'latency_p99'), track('cpu', 'cpu')];
  const openOn = openFindingsOf([finding('f', 'p99', 'latency_p99', 'latency_p90')], tracks);
  expect(tracks.map(openOn)).toEqual(['f', 'f', undefined]);
});
