// What is told of the checks of declared detectors, in `run` as in the operator: how late they are, and what was shed.
import type { CheckingStats } from './checking.ts';

export const CHECK_READINGS: readonly (readonly [name: string, help: string, read: (now: CheckingStats) => number])[] =
  [
    ['tidewatch_detectors_planned', 'Declared detectors that are being checked.', ({ plans }) => plans],
    ['tidewatch_checks_in_flight', 'Checks under way.', ({ inFlight }) => inFlight],
    [
      'tidewatch_check_overdue_seconds',
      'How long the check that waits longest is overdue.',
      ({ overdueMs }) => overdueMs / 1000,
    ],
    [
      'tidewatch_check_namespaces_held',
      'Namespaces that wait with what is due because they have their share of the checks under way.',
      ({ heldLanes }) => heldLanes,
    ],
    ['tidewatch_detector_checks_total', 'Detectors checked, once for each check.', ({ checks }) => checks.checked],
    ['tidewatch_detector_checks_failed_total', 'Checks of detectors that failed.', ({ checks }) => checks.failed],
    [
      'tidewatch_detector_checks_too_much_total',
      'Checks of detectors that were refused because they have more series than one check may hold.',
      ({ checks }) => checks.tooMuch,
    ],
    [
      'tidewatch_findings_closing',
      'Findings of detectors that are checked no more, which are not closed yet.',
      ({ checks }) => checks.closing,
    ],
  ];
