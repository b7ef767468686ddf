// Declared detectors without a Prometheus: their pods are scraped, only at the port that they declare and only for the metrics
// that a detector names, and the windows come from what was scraped.
import { createScraper, type ScrapedPod, type Scraper, type ScraperOptions } from '#collect/scrape/scraper.ts';
import { AppError } from '#kit/errors.ts';
import type { PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { endpointOf } from '#operator/scrape-config.ts';
import { choosesPod } from '#operator/watch.ts';
import { WINDOW_MS } from '#pipeline/window-plan.ts';
import type { WindowSource } from '#pipeline/window-source.ts';
import { type PodSource, podsFor } from './detector-pods.ts';

export interface Scraping {
  readonly scraper: Scraper;
  readonly windows: WindowSource;
}

export interface ScrapingOptions extends Omit<ScraperOptions, 'pods' | 'windowMs'> {
  readonly detectors: () => Iterable<DetectorRecord>;
  readonly cluster: PodSource;
}

/** Pods that a message names; the others it counts. */
const NAMED_PODS = 3;

export function createScraping({ detectors, cluster, ...options }: ScrapingOptions): Scraping {
  const scraper = createScraper({ ...options, windowMs: WINDOW_MS, pods: () => scrapedPods(detectors(), cluster) });
  return {
    scraper,
    windows: {
      async window({ namespace, metricName, query, pods, ...range }, { maxSeries }) {
        if (query !== undefined) {
          throw new AppError(
            'bad-input',
            `${metricName} is a query, which only Prometheus answers: name a metric of the pods`,
          );
        }
        const found = pods.flatMap((pod) => scraper.history.read({ namespace, pod }, metricName, range));
        if (found.length <= maxSeries) return found;
        throw new AppError(
          'too-much',
          `${metricName} has ${found.length} series in ${namespace}: more than ${maxSeries}`,
        );
      },
      whyAbsent({ namespace, metricName, pods }) {
        const reasons = pods
          .slice(0, NAMED_PODS)
          .map((pod) => `${pod}: ${scraper.whyNone({ namespace, pod }, metricName)}`);
        const others = pods.length > NAMED_PODS ? `; and ${pods.length - NAMED_PODS} more pods` : '';
        return `Scraped without ${metricName}: ${reasons.join('; ')}${others}.`;
      },
    },
  };
}

/** The pods that some detector selects, each once, with all that is wanted of it. */
export function scrapedPods(detectors: Iterable<DetectorRecord>, cluster: PodSource): ScrapedPod[] {
  const scraped = new Map<string, ScrapedPod & { readonly wanted: Set<string> }>();
  for (const record of detectors) {
    const { watch, deleting } = record;
    if (watch === undefined || deleting) continue;
    for (const pod of podsFor(cluster, record)) {
      if (!isThere(pod) || !choosesPod(watch.pods, pod)) continue;
      const { uid, namespace, name } = pod;
      const known = scraped.get(uid) ?? { uid, namespace, pod: name, target: endpointOf(pod), wanted: new Set() };
      scraped.set(uid, known);
      for (const { metricName, guards } of watch.plans) {
        known.wanted.add(metricName);
        if (guards.denominator !== undefined) known.wanted.add(guards.denominator.metricName);
      }
    }
  }
  return [...scraped.values()];
}

/** One that has ended, or is about to, is not asked any more. */
function isThere({ phase, deleting }: PodRecord): boolean {
  return !deleting && phase !== 'Succeeded' && phase !== 'Failed';
}
