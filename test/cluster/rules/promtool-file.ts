// A file for `promtool test rules`: the series as samples, what this product says of them as series beside them, and what must
// be so at the end. Prometheus' own rule manager evaluates the rules, point after point, and Prometheus compares.
import { stringify } from 'yaml';
import { type CaseSet, METRIC } from './cases.ts';
import { FIGURES, type Reference } from './reference.ts';

export interface Compared {
  readonly detector: string;
  readonly pod: string;
  readonly reference: Reference;
}

export function promtoolFile(
  ruleFiles: readonly string[],
  { series, points, stepMs }: CaseSet,
  compared: readonly Compared[],
  tolerance: number,
): string {
  const step = `${stepMs / 1000}s`;
  const pods = series.map(({ pod, values }) => [
    { series: `${METRIC}{namespace="shop",pod="${pod}"}`, values: samplesText(values) },
    { series: `kube_pod_labels{namespace="shop",pod="${pod}",label_app="cart"}`, values: `1x${points}` },
  ]);
  const references = compared.flatMap(({ detector, pod, reference }) =>
    FIGURES.map((figure) => ({
      series: `reference{figure="${figure}",detector="${detector}",pod="${pod}"}`,
      values: samplesText(reference[figure]),
    })),
  );
  const test = {
    interval: step,
    input_series: [...pods.flat(), ...references],
    promql_expr_test: [...new Set(compared.map(({ detector }) => detector))].flatMap((detector) =>
      FIGURES.flatMap((figure) =>
        expressionsOf({ detector, figure }, tolerance, `${(points * stepMs) / 1000}s:${step}`),
      ).map((expr) => ({
        ...{ expr, eval_time: `${((points - 1) * stepMs) / 1000}s`, exp_samples: [] },
      })),
    ),
  };
  return stringify(
    {
      ...{ rule_files: ruleFiles, evaluation_interval: step, tests: [test] },
    },
    { lineWidth: 0 },
  );
}

/** Nothing may come of any of them. promtool reads no more than ten thousand samples at once, so each is of one detector. */
function expressionsOf(
  { detector, figure }: { readonly detector: string; readonly figure: string },
  tolerance: number,
  span: string,
): string[] {
  const ours = `reference{figure="${figure}",detector="${detector}"}`;
  const theirs = `tidewatch:${figure}{detector="${detector}"}`;
  const match = 'on (detector, pod)';
  return [
    `max_over_time(abs(${theirs} - ${match} ${ours})[${span}]) > ${tolerance}`,
    `count_over_time((${theirs} unless ${match} ${ours})[${span}])`,
    `count_over_time((${ours} unless ${match} ${theirs})[${span}])`,
  ];
}

/** A sample that is missing is marked as stale, as a scrape that finds its target gone does; else it would be looked back to. */
function samplesText(values: Float64Array): string {
  let isThere = false;
  return Array.from(values, (value) => {
    const text = Number.isNaN(value) ? (isThere ? 'stale' : '_') : decimalText(value);
    isThere = !Number.isNaN(value);
    return text;
  }).join(' ');
}

/** promtool reads no exponents. */
function decimalText(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(18) : text;
}
