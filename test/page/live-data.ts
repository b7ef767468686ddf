// What a cluster may say of itself, for the tests of the live page.
import type { DetectorView } from '#api/rest/contract.ts';

export const AWAY = {
  kind: 'prometheus-away',
  what: 'http://prometheus.monitoring:9090: connection refused',
  remedy: 'start it, or name another with --prometheus URL',
  blocking: true,
} as const;

const ONE: DetectorView = {
  namespace: 'shop',
  name: 'frontend-cpu',
  state: 'Active',
  monitoredPods: 12,
  anomalousPods: ['frontend-5f6585d649-fnmft'],
  anomalousPodCount: 1,
  lastCheckMs: Date.now() - 20_000,
  lastScoreMs: Date.now() - 35_000,
  series: 24,
  message: '',
};
const NONE = { monitoredPods: 0, anomalousPods: [], anomalousPodCount: 0, lastScoreMs: null, series: 0 };
/** One in each state. */
export const DETECTORS: readonly DetectorView[] = [
  ONE,
  {
    ...ONE,
    ...NONE,
    name: 'cart-latency',
    state: 'AwaitingMetrics',
    message: 'Prometheus has no series http_request_duration_seconds for these pods',
  },
  { ...ONE, ...NONE, name: 'no-such-app', state: 'NoPodsFound', message: 'no pod carries app=no-such-app' },
  { ...ONE, ...NONE, name: 'just-made', state: 'Pending', lastCheckMs: null },
  {
    ...ONE,
    ...NONE,
    namespace: 'billing',
    name: 'a-broken-detector-with-a-rather-long-name',
    state: 'Error',
    message: 'unknown algorithm "zscore"; did you mean "z-score"?',
  },
];
