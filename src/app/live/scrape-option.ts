// What `--scrape` comes to: connections to pods, or nothing without it.
import type { Dispatcher } from 'undici';
import { createScrapeDispatcher } from '#collect/scrape/scrape-dispatcher.ts';
import { AppError } from '#kit/errors.ts';

export interface ScrapeChoice {
  readonly scrape: boolean;
  readonly scrapeInterval: number;
  /** Of `run`, which acts on detectors only when it is told to. */
  readonly install?: boolean;
}

export interface OpenScrape {
  readonly intervalMs: number;
  readonly dispatcher: Dispatcher;
}

/** Throws `bad-usage` where there are no detectors whose pods could be scraped. */
export function openScrape(choice: ScrapeChoice): OpenScrape | undefined {
  const { scrape, scrapeInterval: intervalMs, install } = choice;
  if (!scrape) return undefined;
  if (install === false) {
    throw new AppError(
      'bad-usage',
      '--scrape scrapes the pods of AnomalyDetectors, which --install acts on: give both',
    );
  }
  return { intervalMs, dispatcher: createScrapeDispatcher(intervalMs) };
}

/** For the terminal. */
export function scrapeLine({ intervalMs }: OpenScrape): string {
  return `Scraping  the pods of AnomalyDetectors each ${intervalMs / 1000} s; their history begins now`;
}
