// P20: the page cold, with the processor throttled four times: JavaScript that travels, largest paint, and a chart of
// 100,000 points beside a bare uPlot page that draws the same lines from the same JSON. Then how soon a back-test answers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { startProduct } from '../test/fixtures/product.ts';
import { type Browser, missingParts, openBrowser } from '../test/page/browser.ts';
import { markdownTable, medianOf, spread } from './measure.ts';
import { serveBarePage } from './page/bare-page.ts';
import { gzippedScripts } from './page/scripts.ts';
import { seriesOf } from './page/series.ts';
import { sliderTable } from './page/slider.ts';
import { coldLoad, timeToChart } from './page/timing.ts';

const RUNS = 5;
const POINTS = 100_000;

export const bench = {
  name: 'page',
  summary:
    'JavaScript gzipped, largest paint cold at 4× throttle, a chart of 100,000 points beside bare uPlot, a slider',
  async run(): Promise<void> {
    const missing = missingParts();
    if (missing !== undefined) throw new AppError('not-found', missing);
    const browser = await openBrowser();
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-page-'));
    const product = await startProduct(['--data', folder, '--port', '0', '--speed', 'max'], /The tape has ended/);
    try {
      const scripts = await gzippedScripts();
      process.stdout.write(
        `JavaScript gzipped: ${kilobytes(scripts.first)} at first, ${kilobytes(scripts.all)} in all (floor 150 kB, aim 90 kB)\n`,
      );
      await printPaint(browser, product.url);
      await printChart(browser, product.url);
      process.stdout.write(`${await sliderTable(browser, folder)}\n`);
    } finally {
      await browser.close();
      await product.stop();
      await rm(folder, { recursive: true });
    }
  },
};

async function printPaint(browser: Browser, url: string): Promise<void> {
  const paints: number[] = [];
  for (let run = 0; run < RUNS; run++) paints.push(await coldLoad(browser, url));
  process.stdout.write(
    `Largest paint, cold, 4× throttled: ${spread(
      paints.map((ms) => ms / 1000),
      2,
    )} s (floor 1.5 s, aim 0.8 s)\n`,
  );
}

async function printChart(browser: Browser, url: string): Promise<void> {
  const body = JSON.stringify(seriesOf(POINTS));
  const bare = await serveBarePage(body);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      theirs.push(await timeToChart(browser, bare.url, body));
      ours.push(await timeToChart(browser, await chartPage(url), body));
    }
    const rows = [
      ['Tidewatch, a finding with its chart', spread(ours, 0)],
      ['bare uPlot page', spread(theirs, 0)],
      ['ratio of medians', (medianOf(ours) / medianOf(theirs)).toFixed(2)],
    ];
    process.stdout.write(
      `${markdownTable([`chart of ${POINTS.toLocaleString('en')} points`, 'ms from navigation to drawn'], rows)}\n`,
    );
  } finally {
    await bare.close();
  }
}

/** A finding's page: one chart. */
async function chartPage(url: string): Promise<string> {
  const reply = await fetch(`${url}/api/findings?limit=1`);
  const { findings } = (await reply.json()) as { findings: readonly { id: string }[] };
  const [finding] = findings;
  if (finding === undefined) throw new AppError('internal', 'the shipped day has no finding to show');
  return `${url}/findings/${finding.id}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
