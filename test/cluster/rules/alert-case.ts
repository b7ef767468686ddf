// An alert with all that a detector can say of it, as promtool expects it of the generated rules: nothing before its time, then
// with its words.
import { stringify } from 'yaml';

/** The braces are words, not a template. */
const SUMMARY = 'The cart is slow {{ $value }}';

export const ALERT_MANIFEST = `
apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: told, namespace: shop }
spec:
  targets: { matchLabels: { app: cart } }
  metrics: [{ name: latency }]
  method: { name: static-threshold, staticThreshold: { above: 14 } }
  schedule: { step: 1m }
  findings: { alert: true, for: 5m, severity: Critical, labels: { team: '{{shop}}' }, summary: '${SUMMARY}' }
  extension: { apiVersion: runbook.tidewatch.io/v1, url: https://wiki.example.org/cart }
`;

/** A series at twice its bound, which stands for 3 sigmas, from minute 10 to 29: it is told from minute 15 on. `team` is what its label must be. */
export function alertTestFile(ruleFile: string, team = '{{shop}}'): string {
  const pod = { namespace: 'shop', pod: 'cart-0' };
  const named = `{namespace="${pod.namespace}",pod="${pod.pod}"`;
  const told = {
    exp_labels: { ...pod, detector: 'shop/told', metric: 'latency', severity: 'critical', team },
    exp_annotations: {
      summary: SUMMARY,
      description: 'shop/told: the score of latency is 6.0 sigmas.',
      runbook_url: 'https://wiki.example.org/cart',
    },
  };
  const expected = [
    { minute: 14, alerts: [] },
    { minute: 15, alerts: [told] },
    { minute: 29, alerts: [told] },
    { minute: 30, alerts: [] },
  ];
  const test = {
    interval: '1m',
    input_series: [
      { series: `latency${named}}`, values: '10x9 28x19 10x9' },
      { series: `kube_pod_labels${named},label_app="cart"}`, values: '1x40' },
    ],
    alert_rule_test: expected.map(({ minute, alerts }) => {
      return { eval_time: `${minute}m`, alertname: 'TidewatchAnomaly', exp_alerts: alerts };
    }),
  };
  return stringify({ rule_files: [ruleFile], evaluation_interval: '1m', tests: [test] }, { lineWidth: 0 });
}
