import { expect, test } from 'vitest';
import type { EventNote } from '#kube/contract.ts';
import { detectorRecord } from '../../test/fixtures/watching.ts';
import type { DetectorStatus } from './detector-status.ts';
import { stateEvents } from './state-events.ts';

const record = detectorRecord();

const status = (given: Partial<DetectorStatus> = {}): DetectorStatus => ({
  ...{ state: 'Active', monitoredPods: 5, anomalousPods: [], anomalousPodCount: 0, observedGeneration: 1 },
  conditions: [],
  ...given,
});

const anomalous = (...names: string[]) => ({ anomalousPods: names, anomalousPodCount: names.length });

const said = (before: Partial<DetectorStatus>, after: DetectorStatus) =>
  stateEvents(record, after, before).map(({ type, reason, note }: EventNote) => `${type} ${reason}: ${note}`);

test('of pods that have become anomalous names them, with the worst score', () => {
  const after = status({ ...anomalous('a', 'b'), latestScore: -7.66 });
  expect(said(status(), after)).toEqual([
    'Warning AnomalousPods: 2 of 5 pods are anomalous: a, b. Worst score: -7.66.',
  ]);
});

test('and what its author says to do', () => {
  const extension = { runbook: 'https://example.org/cart, ask team-cart' };
  const [note] = stateEvents(detectorRecord({ extension }), status(anomalous('a')), status());
  expect(note?.note).toBe('1 of 5 pods are anomalous: a. Runbook: https://example.org/cart, ask team-cart');
});

test('of many pods names ten and counts all', () => {
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const [event] = said(status(), status({ ...anomalous(...names), monitoredPods: 20 }));
  expect(event).toMatch(/: 12 of 20 pods are anomalous: p0, .*, p9 and 2 more\.$/);
});

test('is silent while some are, whichever and whatever their score', () => {
  expect(said(status(anomalous('a')), status({ ...anomalous('b', 'c'), latestScore: 9 }))).toEqual([]);
  expect(said(status(), status({ latestScore: 2 }))).toEqual([]);
});

test('tells the end when none is any more, and names who was', () => {
  expect(said(status(anomalous('a')), status())).toEqual([
    'Normal AnomalyOver: No pod is anomalous any more; last: a.',
  ]);
});

test('does not call well what is not known any more', () => {
  const [state, end] = said(status(anomalous('a')), status({ state: 'AwaitingMetrics' }));
  expect(state).toMatch(/^Normal AwaitingMetrics: /);
  expect(end).toBe(
    'Normal AnomalyOver: The detector is AwaitingMetrics: no pod is known to be anomalous any more; last: a.',
  );
});

test('tells of a state that has changed, with its message', () => {
  const condition = { type: 'Ready', status: 'False', reason: 'TooMuch', message: 'Why.' } as const;
  const after = status({
    state: 'Error',
    conditions: [{ ...condition, lastTransitionTime: '', observedGeneration: 1 }],
  });
  expect(said(status(), after)).toEqual(['Warning Error: Why.']);
  expect(said({}, status())).toEqual(['Normal Active: Active']);
});
