// Observe mode (D14): what every cluster has, watched without a single resource written, and the same as ready-made
// detectors (A4). Each entry is a query and the detector of its answer, in one place. The queries are constants; a test parses
// each. What a cluster does not measure gives no series and costs an empty answer now and then.
import type { Guards, Plan } from '#model/plan.ts';
import { CLUSTER } from './cluster.ts';
import type { Entries, Entry } from './entry.ts';
import { NODES } from './nodes.ts';
import { PODS } from './pods.ts';

export interface Observed extends Entry {
  /** What its series are called here, with the unit; near copies are told apart by their labels. */
  readonly metricName: string;
  /** The label by which it may be asked for in shares where there is too much for one answer. */
  readonly splitBy?: 'pod';
  readonly plan: Plan;
}

/** A pod that is gone does not come back. A node that does, or a StatefulSet's pod, warms up again, as after a restart. */
export const FORGET_MS = 3 * 3_600_000;

const QUIET: Guards = {
  direction: 'above',
  minAbsoluteDeviation: 0,
  minRelativeDeviation: 1,
  range: {},
  persistence: { points: 2, of: 2, clear: 2 },
  missing: 'ignore',
};

const PREFIX = 'observe-';

/** Whether a detector is one of these; a declared one is called `namespace/name`. */
export function isObserved(detector: string): boolean {
  return detector.startsWith(PREFIX) && !detector.includes('/');
}

const ENTRIES: Entries = { ...PODS, ...NODES, ...CLUSTER };

export const OBSERVED: readonly Observed[] = Object.entries(ENTRIES).map(([metricName, entry]) => ({
  ...entry,
  metricName,
  ...(entry.of === 'pod' ? { splitBy: 'pod' as const } : {}),
  plan: {
    detector: `${PREFIX}${metricName.replaceAll('_', '-')}`,
    selector: {},
    metricName,
    algorithm: entry.above === undefined ? 'auto' : 'static-threshold',
    parameters: entry.above === undefined ? {} : { above: entry.above },
    threshold: entry.above === undefined ? 4 : 3,
    // Of a bound it is the bound that counts, and not how far beyond; and nothing gets used to it.
    guards: {
      ...QUIET,
      ...(entry.above === undefined ? { ends: 'back' } : { minRelativeDeviation: 0 }),
      ...entry.guards,
    },
    forgetMs: FORGET_MS,
  },
}));
