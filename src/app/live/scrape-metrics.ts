// How scraping goes, as metrics of our own. No label names a pod: which one fails and why its detector's status says.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ScraperStats } from '#collect/scrape/scraper.ts';

type Reading = readonly [name: string, help: string, read: (stats: ScraperStats) => number];

const GAUGES: readonly Reading[] = [
  ['tidewatch_scrape_targets', 'Pods that are scraped.', ({ targets }) => targets],
  ['tidewatch_scrape_targets_failing', 'Pods whose last scrape failed.', ({ failing }) => failing],
  ['tidewatch_scrape_series', 'Series that are kept.', ({ series }) => series],
];

const COUNTERS: readonly Reading[] = [
  ['tidewatch_scrapes_total', 'Scrapes that ended, well or not.', ({ scrapes }) => scrapes],
  ['tidewatch_scrape_samples_total', 'Samples that were kept.', ({ samples }) => samples],
  ['tidewatch_scrape_dropped_series_total', 'Series without room, or too large.', ({ droppedSeries }) => droppedSeries],
  ['tidewatch_scrapes_passed_over_total', 'Turns that passed during a slow scrape.', ({ passedOver }) => passedOver],
];

/** Adds them; they have no values where nothing is scraped. */
export function addScrapeMetrics(registry: Registry, stats: () => ScraperStats | undefined): void {
  const registers = [registry];
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      ...{ name, help, registers, labelNames: [] },
      collect() {
        const now = stats();
        if (now === undefined) this.remove();
        else this.set(read(now));
      },
    });
  }
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      ...{ name, help, registers, labelNames: [] },
      collect() {
        const now = stats();
        this.reset();
        if (now === undefined) this.remove();
        else this.inc(read(now));
      },
    });
  }
  new Counter({
    ...{ name: 'tidewatch_scrape_failures_total', help: 'Scrapes that failed, by reason.', registers },
    labelNames: ['reason'],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(stats()?.failures ?? {})) this.inc({ reason }, count);
    },
  });
}
