// A scene judged: the product's own engine steps the series under a detector that is read as any other, and what it found is
// compared with what is true.
import { latestAfterMs } from '#detect/caught-fault.ts';
import { ALGORITHMS, type AlgorithmName, createEngine, methodField } from '#detect/index.ts';
import { settingsKey } from '#detect/settings.ts';
import { DEFAULT_GROUP } from '#model/api-group.ts';
import type { Finding } from '#model/finding.ts';
import { endOf } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import { FLAG } from '#model/score.ts';
import type { Points } from '#model/score-block.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { type MadeSeries, makeRatio, makeSeries, momentMs } from './make-series.ts';
import { BASE, type Scene, type Setting } from './scene.ts';

const METRIC = 'shown';
const BENEATH = 'beneath';

export interface Judged {
  readonly setting: Setting;
  readonly points: Points;
  /** For each fault of the series that is shown, whether and how late it was caught. */
  readonly faults: readonly { readonly fromMs: number; readonly toMs: number; readonly delayMs: number | undefined }[];
  readonly findings: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Findings that touch no fault. */
  readonly falseAlarms: number;
  /** For how long a finding was open in faults and outside of them. */
  readonly insideMs: number;
  readonly besideMs: number;
}

/** Throws `bad-config` where no cluster would take the setting. */
export function planOf({ method = 'auto', parameters = {}, threshold, guards, calendar }: Setting): Plan {
  const detector = {
    apiVersion: `${DEFAULT_GROUP}/v2`,
    kind: 'AnomalyDetector',
    metadata: { name: 'guide' },
    spec: {
      targets: { matchLabels: { app: 'guide' } },
      metrics: [{ name: METRIC, kind: 'Gauge' }],
      method: {
        name: method,
        ...(Object.keys(parameters).length > 0 && { [methodField(method)]: parameters }),
      },
      threshold: threshold ?? BASE.threshold,
      guards: guards ?? BASE.guards,
      ...(calendar !== undefined && { calendar }),
    },
  };
  // JSON is YAML.
  const [plan] = parseDetectors(JSON.stringify(detector), method, ALGORITHMS);
  if (plan === undefined) throw new RangeError(`no plan came of ${JSON.stringify(detector)}`);
  return plan;
}

export function seriesOf({ series }: Scene): MadeSeries {
  return 'requests' in series ? makeRatio(series) : makeSeries(series);
}

/** What is shown of the series. */
export function spanOf({ from, to }: Scene, { timesMs, stepMs }: MadeSeries): { fromMs: number; toMs: number } {
  return { fromMs: momentMs(from), toMs: to === undefined ? (timesMs.at(-1) ?? 0) + stepMs : momentMs(to) };
}

export function judgeScene(scene: Scene, made: MadeSeries, setting: Setting): Judged {
  const span = spanOf(scene, made);
  const { points, findings } = runOnce(scene, made, setting);
  const afterMs = latestAfterMs(made.stepMs);
  const isShown = (fromMs: number, toMs: number) => fromMs < span.toMs && toMs >= span.fromMs;
  const faults = made.faults
    .filter(({ fromMs, toMs }) => isShown(fromMs, toMs))
    .map(({ fromMs, toMs }) => {
      const caught = findings.find(({ confirmedMs }) => confirmedMs >= fromMs && confirmedMs <= toMs + afterMs);
      return { fromMs, toMs, delayMs: caught === undefined ? undefined : caught.confirmedMs - fromMs };
    });
  const isFaulty = (fromMs: number, toMs: number) =>
    made.faults.some((fault) => fromMs <= fault.toMs + afterMs && toMs >= fault.fromMs);
  const found = findings
    .map((finding) => ({ fromMs: finding.startMs, toMs: endOf(finding) ?? span.toMs }))
    .filter(({ fromMs, toMs }) => isShown(fromMs, toMs));
  const isInside = (timeMs: number) => faults.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs <= toMs);
  let [inside, beside] = [0, 0];
  points.timesMs.forEach((timeMs, row) => {
    if (timeMs < span.fromMs || timeMs >= span.toMs) return;
    if (((points.flags[row] as number) & FLAG.findingOpen) === 0) return;
    if (isInside(timeMs)) inside++;
    else if (!isFaulty(timeMs, timeMs)) beside++;
  });
  return {
    ...{ setting, points, faults, findings: found },
    falseAlarms: found.filter(({ fromMs, toMs }) => !isFaulty(fromMs, toMs)).length,
    insideMs: inside * made.stepMs,
    besideMs: beside * made.stepMs,
  };
}

interface Ran {
  readonly points: Points;
  readonly findings: readonly Finding[];
}

/** Many pictures show the same series under the defaults. */
const ran = new WeakMap<Scene['series'], Map<string, Ran>>();

function runOnce({ series }: Scene, made: MadeSeries, setting: Setting): Ran {
  const known = ran.get(series) ?? new Map<string, Ran>();
  ran.set(series, known);
  const plan = planOf(setting);
  const key = settingsKey(plan, ALGORITHMS[plan.algorithm as AlgorithmName]);
  const found = known.get(key) ?? run(made, plan);
  known.set(key, found);
  return found;
}

function run(made: MadeSeries, plan: Plan): Ran {
  const { timesMs, values, beneath, stepMs } = made;
  const engine = createEngine([plan], ALGORITHMS);
  engine.addSeries([{ id: 0, stepMs, labels: { __name__: METRIC, app: 'guide' } }]);
  const block = { timesMs, seenMs: timesMs, ids: new Uint32Array(timesMs.length), values };
  const output = engine.step(block, beneath && new Map([[BENEATH, beneath]]));
  // A later entry replaces an earlier one of the same finding.
  const findings = new Map(output.findings.map((finding) => [finding.id, finding]));
  return { points: output.scores, findings: [...findings.values()] };
}

/** `caught 3 of 4 after 10 min, red for 2 h, 2 false, 3 h red beside`. */
export function outcomeText({ faults, findings, falseAlarms, insideMs, besideMs }: Judged): string {
  const delays = faults.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs])).sort((a, b) => a - b);
  const median = delays[(delays.length - 1) >> 1];
  const after = median === undefined ? '' : median === 0 ? ' at once' : ` after ${duration(median)}`;
  const caught = faults.length === 0 ? 'nothing to catch' : `caught ${delays.length} of ${faults.length}${after}`;
  const touching = findings.length - falseAlarms;
  return [
    touching > Math.max(delays.length, 1) ? `${caught} in ${touching} findings` : caught,
    ...(insideMs === 0 ? [] : [`red for ${duration(insideMs)}`]),
    `${falseAlarms} false`,
    ...(besideMs === 0 ? [] : [`${duration(besideMs)} red beside`]),
  ].join(', ');
}

/** In one unit, two figures at most: `95 min`, `7.5 h`, `3 d`. */
export function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  const [amount, unit] = minutes < 48 * 60 ? [minutes / 60, 'h'] : [minutes / 1440, 'd'];
  return `${amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}
