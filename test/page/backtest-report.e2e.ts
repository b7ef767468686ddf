// The page that `backtest --html` writes, in a real Chromium: from a file, with no server, and with names in it that try to be
// markup. Nothing is run, nothing is asked for, and all of it can be read in a narrow and a wide window, light and dark.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCheck } from '../e2e/check.ts';
import { tidewatch } from '../fixtures/command.ts';
import { csvFile } from '../fixtures/csv-file.ts';
import { type Browser, openBrowser, type Page, type PageOptions } from './browser.ts';
import { checkPage } from './checks.ts';

export interface BacktestReportSuite {
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const HOSTILE = `</title></svg><script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>`;
const MINUTES = 3 * 1440;

export async function run({ folder, report }: BacktestReportSuite): Promise<void> {
  const check = createCheck(report);
  const file = join(folder, 'report.html');
  const history = join(folder, `a <b>'history' & more.csv`);
  const columns = [
    { name: `latency_seconds{pod=${JSON.stringify(HOSTILE)}}`, level: 0.2, seed: 1, risen: [3000, 3019] as const },
    { name: 'queue_length', level: 40, seed: 2 },
  ];
  await writeFile(history, csvFile(MINUTES, columns));
  const args = ['--method', 'median-mad', '--inject', 'all', '--html', file, '--max-findings-per-day', '0'];
  const { code, stderr } = await tidewatch(['backtest', history, ...args]);
  const browser = await openBrowser();
  try {
    await check('is written also where a gate fails', async () => {
      expect(code === 1, `${code}: ${stderr}`);
    });
    for (const [width, colorScheme] of [
      [400, 'light'],
      [1280, 'dark'],
    ] as const) {
      await check(`is right at ${width} px, ${colorScheme}`, async () => {
        const { page, troubles } = await open(browser, file, { viewport: { width, height: 900 }, colorScheme });
        const problems = [...troubles, ...(await checkPage(page))];
        await page.close();
        expect(problems.length === 0, problems.join('; '));
      });
    }
    await check('shows hostile names as text, and runs nothing', async () => {
      const { page } = await open(browser, file);
      const title = await page.evaluate<string>('document.title');
      expect(title.includes(`a <b>'history' & more.csv`), title);
      const counts = await page.evaluate<number[]>(
        `['script', 'img', 'b', 'link', 'iframe'].map((name) => document.querySelectorAll(name).length)`,
      );
      expect(
        counts.every((count) => count === 0),
        `script, img, b, link, iframe: ${counts}`,
      );
      const text = await page.evaluate<string>('document.body.textContent');
      expect(text.includes('onerror=alert(1)') && text.includes('<img src='), 'the name is not there');
      const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').first().getAttribute('content');
      expect(policy?.startsWith(`default-src 'none'; style-src 'sha256-`) === true, policy ?? '');
      await page.close();
    });
    await check('draws values, band, findings and faults of each detector', async () => {
      const { page } = await open(browser, file);
      const drawn = await page.evaluate<number[]>(
        `['svg', 'svg path.value', 'svg path.band', 'svg rect.finding', 'svg rect.caught, svg rect.missed'].map((what) => [...document.querySelectorAll(what)].filter((one) => one.getBoundingClientRect().width > 0).length)`,
      );
      const [pictures = 0, values, bands, findings = 0, faults = 0] = drawn;
      expect(pictures === 4 && values === 4 && bands === 4 && findings > 0 && faults > 3, drawn.join());
      await page.close();
    });
  } finally {
    await browser.close();
  }
}

async function open(browser: Browser, file: string, options: PageOptions = {}) {
  const page: Page = await browser.newPage(options);
  const troubles: string[] = [];
  page.on('console', (message) => troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('response', (response) => {
    if (!response.url().startsWith('file:')) troubles.push(`it asked for ${response.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return { page, troubles };
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
