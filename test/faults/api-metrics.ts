// What the API server says of itself in /metrics: how often it was asked for what, and how its webhooks were.
import type { ControlPlane } from '../parts/control-plane.ts';

export interface ApiMetrics {
  /** The sum of the samples with these labels; a pattern stands for any value that it matches. */
  sum(name: string, labels?: Readonly<Record<string, string | RegExp>>): number;
  /** The values that a label has among the samples above 0 that match. */
  values(name: string, label: string, labels?: Readonly<Record<string, string | RegExp>>): readonly string[];
}

interface Sample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export async function readApiMetrics({ request }: Pick<ControlPlane, 'request'>): Promise<ApiMetrics> {
  const { text } = await request('/metrics');
  const byName = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const [, name = '', inner = '', value = ''] = /^(apiserver_[a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === '') continue;
    const labels = new Map(
      [...inner.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text]),
    );
    const samples = byName.get(name) ?? [];
    byName.set(name, samples);
    samples.push({ labels, value: Number(value) });
  }
  const matching = (name: string, wanted: Readonly<Record<string, string | RegExp>> = {}) =>
    (byName.get(name) ?? []).filter(({ labels }) =>
      Object.entries(wanted).every(([key, want]) => {
        const value = labels.get(key) ?? '';
        return typeof want === 'string' ? value === want : want.test(value);
      }),
    );
  return {
    sum: (name, labels) => matching(name, labels).reduce((sum, { value }) => sum + value, 0),
    values: (name, label, labels) => {
      const found = matching(name, labels).filter(({ value }) => value > 0);
      return [...new Set(found.map((sample) => sample.labels.get(label) ?? ''))].sort();
    },
  };
}

/** The kinds of which anything was answered with 5xx, as `resource.group`; whether it is ready is no kind. */
export function failingKinds(metrics: ApiMetrics): readonly string[] {
  const failed = { code: /^5/ };
  return metrics.values('apiserver_request_total', 'group', failed).flatMap((group) =>
    metrics
      .values('apiserver_request_total', 'resource', { ...failed, group })
      .filter((resource) => resource !== '')
      .map((resource) => `${resource}.${group}`),
  );
}
