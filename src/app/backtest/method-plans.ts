// Detectors without a file: one method, with its defaults, for each metric of a history.
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { metricNameOf, type SeriesInfo } from '#model/series.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import { readDetector } from '#resource/anomaly-detector/read.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { problemText, unknownName } from '#resource/problem.ts';

/** What was meant, and then all there are. */
function unknownMethod(method: string): string {
  const names = Object.keys(ALGORITHMS).sort();
  const said = unknownName('method', method, names);
  return said.includes('did you mean') ? `${said} (all: ${names.join(', ')})` : said;
}

/** Called as their metrics are. Throws `bad-usage` for a method that is none, or that needs parameters. */
export function methodPlans(method: string, series: readonly SeriesInfo[]): readonly Plan[] {
  if (!Object.hasOwn(ALGORITHMS, method)) throw new AppError('bad-usage', `--method: ${unknownMethod(method)}`);
  const object = {
    ...{ apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata: { name: 'method' } },
    // A metric and a label, which are then replaced: a CSV file may call its columns as it likes.
    spec: { targets: { matchLabels: { any: 'one' } }, metrics: [{ name: 'any' }], method: { name: method } },
  };
  const { detector, problems } = readDetector(object, {
    ...{ algorithms: ALGORITHMS, group: DEFAULT_GROUP, unknownFields: 'refuse' },
  });
  const [plan] = detector === undefined ? [] : plansOf(detector);
  if (plan === undefined) {
    const why = problems.map(problemText).join('; ');
    throw new AppError(
      'bad-usage',
      `--method ${method}: ${why}; write a detector with its parameters and give it by -f`,
    );
  }
  const names = [...new Set(series.map(({ labels }) => metricNameOf(labels)))].sort();
  return names.map((metricName) => ({ ...plan, detector: metricName, metricName, selector: {} }));
}
