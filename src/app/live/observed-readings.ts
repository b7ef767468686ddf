// What is read of the observer for /metrics, in `run` and in `operator` alike.
import type { ObserverStatus } from '#pipeline/observer.ts';

type ObservedReading = readonly [name: string, help: string, read: (status: ObserverStatus) => number];

export const OBSERVED_READINGS: readonly ObservedReading[] = [
  ['tidewatch_observe_queries_late', 'Observe queries that are too slow to be waited for.', ({ late }) => late],
  [
    'tidewatch_observe_queries_absent',
    'Observe queries of what is not measured: asked every ten minutes.',
    ({ absent }) => absent,
  ],
  [
    'tidewatch_observe_skipped_steps_total',
    'Steps of observe queries that were too far back when they could be asked for.',
    ({ skippedSteps }) => skippedSteps,
  ],
  [
    'tidewatch_samples_out_of_order_total',
    'Samples left out: not newer than their series.',
    ({ dropped }) => dropped.outOfOrder,
  ],
  [
    'tidewatch_samples_unknown_total',
    'Samples left out: of a series that was never named.',
    ({ dropped }) => dropped.unknownSeries,
  ],
  ['tidewatch_clock_skew_seconds', 'How far the clock is ahead of Prometheus.', ({ clock }) => clock.skewMs / 1000],
  [
    'tidewatch_clock_ahead_rounds_total',
    'Rounds in which what was seen lay in the future of Prometheus.',
    ({ clock }) => clock.aheadRounds,
  ],
];
