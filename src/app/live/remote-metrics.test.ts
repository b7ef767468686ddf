import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import type { CheckingStats } from './checking.ts';
import { createRemoteMetrics, type RemoteReadings } from './remote-metrics.ts';

const status = {
  ...{ lastProgressMs: 90_000, trouble: undefined, lists: 2, watches: 9, retries: 7 },
  ...{ quarantined: 1, listenerErrors: 3 },
};

const checking: CheckingStats = {
  ...{ plans: 1, inFlight: 0, runs: 8, failures: 0, lagMs: 0, overdueMs: 1500, heldLanes: 2 },
  checks: { checked: 30, failed: 4, tooMuch: 3, closing: 1 },
};

test('the operator tells what its watches and its writes to the cluster came to', async () => {
  const readings: RemoteReadings = {
    ...{ leads: true, observed: undefined, keeper: undefined, termFailures: 8, appendAgeMs: 1500 },
    operating: {
      ...{ leads: true, queueDepth: 0, scheduler: checking, eventsDropped: 4 },
      specFailures: [{ kind: 'AnomalyDetector', error: 'schema', count: 2 }],
      status: { waiting: 6, writes: 10, conflicts: 2, failures: 5, rejected: 1 },
    },
    watches: { pods: { status: () => status }, detectors: undefined },
  };
  const clock = new FakeClock();
  await clock.advance(100_000);
  const { text } = await createRemoteMetrics(() => readings, clock)();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'tidewatch_watch_progress_age_seconds{kind="pods"} 10',
      'tidewatch_watch_retries_total{kind="pods"} 7',
      'tidewatch_watch_lists_total{kind="pods"} 2',
      'tidewatch_watch_quarantined_total{kind="pods"} 1',
      'tidewatch_watch_listener_errors_total{kind="pods"} 3',
      'tidewatch_check_overdue_seconds 1.5',
      'tidewatch_check_namespaces_held 2',
      'tidewatch_detector_checks_total 30',
      'tidewatch_detector_checks_too_much_total 3',
      'tidewatch_term_failures 8',
      'tidewatch_append_age_seconds 1.5',
      'tidewatch_status_waiting 6',
      'tidewatch_status_writes_total 10',
      'tidewatch_status_conflicts_total 2',
      'tidewatch_status_failures_total 5',
      'tidewatch_events_dropped_total 4',
      'spec_deserialize_failure_total{kind="AnomalyDetector",error="schema"} 2',
    ]),
  );
  expect(text).not.toContain('kind="detectors"');
  const standby = createRemoteMetrics(() => ({ ...readings, leads: false }), clock);
  expect((await standby()).text).toContain('tidewatch_append_age_seconds Nan');
});
