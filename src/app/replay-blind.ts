// Detectors that watch nothing: quiet for the wrong reason, which is most often a typing error. Every command that plays a
// tape names them in the same words.
import { nearest } from '#kit/nearest.ts';
import { type Plan, planMatches } from '#model/plan.ts';
import { type Labels, metricNameOf } from '#model/series.ts';
import { printable } from './printable.ts';

interface Labelled {
  readonly labels: Labels;
}

/** More than these are counted. */
const MOST_NAMED = 5;

/** The plans that match none of these series, or tracks. */
export function blindPlans(plans: readonly Plan[], seen: Iterable<Labelled>): readonly Plan[] {
  const all = [...seen];
  return plans.filter((plan) => !all.some(({ labels }) => planMatches(plan, labels)));
}

/** What to tell of them: a line each with what does not match, and where to look; empty when there are none. */
export function blindLines(blind: readonly Plan[], series: readonly Labelled[], path = 'TAPE'): readonly string[] {
  if (blind.length === 0) return [];
  const metrics = [...new Set(series.map(({ labels }) => metricNameOf(labels)))].sort();
  const lines = blind
    .slice(0, MOST_NAMED)
    .map((plan) => `No series matches ${plan.detector}: ${reason(plan, metrics)}`);
  const more = blind.length - lines.length;
  const rest = more === 0 ? '' : `${more} more ${more === 1 ? 'detector matches' : 'detectors match'} no series; `;
  return [...lines, `${rest}"tidewatch tape info ${path}" lists metrics and labels`].map(printable);
}

function reason({ metricName, selector }: Plan, metrics: readonly string[]): string {
  if (!metrics.includes(metricName)) {
    const near = nearest(metricName, metrics);
    return `no metric is called "${metricName}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
  }
  const labels = Object.entries(selector).map(([name, value]) => `${name}="${value}"`);
  return `no ${metricName} has ${labels.join(' and ')}`;
}
