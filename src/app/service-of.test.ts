import { expect, it } from 'vitest';
import type { Track } from '#model/score.ts';
import { serviceOfEntity } from './service-of.ts';

const pod = (name: string) => ({ kind: 'pod', namespace: 'x', name }) as const;
const track = (labels: Record<string, string>): Track => {
  return { key: 'a|b', detector: 'a', series: 'b', labels, stepMs: 60_000, threshold: 6 };
};

it("tells a watched pod's service by its label", () => {
  const service = serviceOfEntity([track({ namespace: 'x', pod: 'a-b-c', service: 'shop' })]);
  expect(service(pod('a-b-c'))).toBe('shop');
});

it('tells the service of a pod that nobody watched as the page does, by its name', () => {
  expect(serviceOfEntity([])(pod('cart-5f6585d649-fnmft'))).toBe('cart');
});
