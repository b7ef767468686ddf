// The rules in a Prometheus that runs: it watches its own memory, evaluates the rules every five seconds as it will anywhere, and
// what it has recorded by then is stepped through here.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toYaml } from '#app/manifests/yaml-text.ts';
import { ruleFile } from '#app/rules/rule-file.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { callJson } from '../../parts/http-call.ts';
import { freePort } from '../../parts/ports.ts';
import { type PrometheusPart, startPrometheus } from '../../parts/prometheus.ts';
import { waitUntil } from '../../parts/wait-until.ts';
import { near } from './near.ts';
import { scoresOf } from './reference.ts';

const STEP_MS = 5000;
/** Three after the ten that a method wants to see. */
const LEAST_POINTS = 13;
const METHODS = [
  '{ name: ema, ema: { halfLifeMs: 60000, minPoints: 10 } }',
  '{ name: rolling-z-score, rollingZScore: { baselineMs: 300000, minPoints: 10 } }',
  '{ name: static-threshold, staticThreshold: { above: 1000 } }',
  '{ name: z-score, zScore: { windowMs: 300000 } }',
];

const MANIFESTS = METHODS.map(
  (method, index) => `
apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: live-${index}, namespace: shop }
spec:
  targets: { matchLabels: { pod: prometheus-0 } }
  metrics: [{ name: go_memstats_alloc_bytes }]
  schedule: { step: 5s }
  method: ${method}
`,
).join('---');

interface Recorded {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds and text. */
  readonly values: readonly (readonly [number, string])[];
}

/** Resolves to how many scores were compared. */
export async function checkLive(part: PrometheusPart, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const rules = join(folder, 'live.rules.yaml');
  const { groups } = ruleFile(MANIFESTS, 'live', { namespace: 'default', selectBy: 'series', alerts: true });
  await writeFile(rules, toYaml([{ groups }]));
  const port = await freePort();
  const target = `{ targets: ['127.0.0.1:${port}'], labels: { namespace: shop, pod: prometheus-0 } }`;
  const config = `global: { scrape_interval: 1s }\nrule_files: [${rules}]\nscrape_configs: [{ job_name: own, static_configs: [${target}] }]\n`;
  const server = await startPrometheus({ folder, config, part, port });
  try {
    const ask = async (name: string) => {
      const query = new URLSearchParams({ query: `${name}[1h]` });
      return (await callJson<{ data: { result: Recorded[] } }>(`${server.url}/api/v1/query?${query}`)).data.result;
    };
    const plans = parseDetectors(MANIFESTS, 'live', ALGORITHMS);
    await waitUntil(
      'enough points to be recorded',
      async () => {
        // Each group is evaluated in a phase of its own.
        const watched = await ask('tidewatch:value');
        return watched.length === plans.length && watched.every(({ values }) => values.length >= LEAST_POINTS);
      },
      { timeoutMs: 180_000, everyMs: 1000 },
    );
    await checkHealth(server.url);
    const [values, scores] = [await ask('tidewatch:value'), await ask('tidewatch:score')];
    return plans.map((plan) => compareRecorded(plan, values, scores)).reduce((sum, count) => sum + count, 0);
  } finally {
    await server.stop();
  }
}

async function checkHealth(url: string): Promise<void> {
  type Rules = { data: { groups: { name: string; rules: { name: string; health: string; lastError?: string }[] }[] } };
  const { groups } = (await callJson<Rules>(`${url}/api/v1/rules`)).data;
  const rules = groups.flatMap((group) => group.rules);
  const sick = rules.filter(({ health }) => health !== 'ok');
  if (groups.length !== METHODS.length || sick.length > 0)
    throw new Error(`${groups.length} groups, ill: ${JSON.stringify(sick)}`);
}

function compareRecorded(plan: Plan, values: readonly Recorded[], scores: readonly Recorded[]): number {
  const of = (some: readonly Recorded[]) =>
    some.find(({ metric }) => metric.detector === `shop/${plan.detector}`)?.values ?? [];
  const seen = of(values);
  const recorded = new Map(of(scores).map(([time, score]) => [time, Number(score)]));
  const expected = scoresOf(
    plan,
    Float64Array.from(seen, ([, value]) => Number(value)),
    Number.POSITIVE_INFINITY,
    STEP_MS,
  );
  let compared = 0;
  for (const [index, [time]] of seen.entries()) {
    const score = expected.scores[index] ?? Number.NaN;
    // The newest may not be evaluated yet.
    if (index === seen.length - 1 && !recorded.has(time)) continue;
    if (!near(recorded.get(time) ?? Number.NaN, score)) {
      throw new Error(`${plan.algorithm}, point ${index} of ${seen.length}: ${recorded.get(time)} instead of ${score}`);
    }
    if (!Number.isNaN(score)) compared++;
  }
  if (compared < 3) throw new Error(`${plan.algorithm}: ${compared} scores to compare`);
  return compared;
}
