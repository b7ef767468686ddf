import { expect, test } from 'vitest';
import type { Plan } from '#model/plan.ts';
import { denominatorLines, watchDenominators } from './denominators.ts';

const planOf = (metricName: string, asked?: string): Plan => ({
  ...{ detector: 'slow', algorithm: 'auto', parameters: {}, threshold: 3, metricName, selector: {} },
  guards: {
    ...{ direction: 'both', minAbsoluteDeviation: 0, minRelativeDeviation: 0, range: {}, missing: 'ignore' },
    persistence: { points: 1, of: 1, clear: 1 },
    ...(asked !== undefined && { denominator: { metricName: asked, min: 5 } }),
  },
});
const seriesOf = (id: number, metricName: string) => ({ id, labels: { __name__: metricName } });

test('a detector of several metrics that ask for the same is one row, and each of its series counts once', () => {
  const watch = watchDenominators();
  for (let point = 0; point < 4; point++) {
    watch.look(seriesOf(1, 'latency'), 'requests', point < 1 ? Number.NaN : 9);
    watch.look(seriesOf(2, 'errors'), 'requests', Number.NaN);
  }
  const plans = [planOf('latency', 'requests'), planOf('errors', 'requests'), planOf('errors', 'requests')];
  const rows = watch.rows([...plans, planOf('queue'), planOf('absent', 'requests')]);
  expect(rows).toEqual([
    { detector: 'slow', metricName: 'requests', series: 2, seriesWithout: 1, pointsWithout: 5 / 8 },
  ]);
  expect(denominatorLines(rows)).toEqual([expect.stringMatching(/^slow: .* never there for 1 of 2 series.* 62\.5 %/)]);
});

test('it is named as it was written, not as it was asked', () => {
  const watch = watchDenominators();
  watch.look(seriesOf(1, 'latency'), 'requests (denominator)', 9);
  const rows = watch.rows([planOf('latency', 'requests (denominator)')], [planOf('latency', 'requests')]);
  expect(rows.map(({ metricName }) => metricName)).toEqual(['requests']);
});
