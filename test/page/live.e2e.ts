// The page of a live cluster in a real Chromium: the status tile (D8), what is said of the watching itself, the empty
// cluster, the detectors. The server runs in this process before a store that is filled here (live-world.ts).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../parts/wait-until.ts';
import { type Browser, openBrowser, type Page, type PageOptions } from './browser.ts';
import { checkPage } from './checks.ts';
import { AWAY, DETECTORS } from './live-data.ts';
import { type LiveWorld, openLiveWorld, SCORES, type ServiceName } from './live-world.ts';
import { type TileColour, tileLooks, tileOf } from './status-tile.ts';

export interface LiveTests {
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
  /** Where pictures of every state go, for the eye. */
  readonly pictures?: string;
}

interface Session {
  readonly browser: Browser;
  readonly world: LiveWorld;
  readonly pictures: string | undefined;
  open(path: string, options?: PageOptions): Promise<Page>;
}

/** Runs every test and returns how many failed. The page must have been built. */
export async function run({ report, pictures }: LiveTests): Promise<number> {
  const browser = await openBrowser();
  const world = await openLiveWorld();
  let failed = 0;
  try {
    for (const [name, test] of Object.entries(TESTS)) {
      const error = await attempt(browser, world, test, pictures);
      if (error !== undefined) failed++;
      report(`live: ${name}`, error);
    }
  } finally {
    await browser.close();
    await world.close();
  }
  return failed;
}

type Test = (session: Session) => Promise<void>;

/** Each test begins with a cluster in which all is well, and may leave no error in the browser's console. */
async function attempt(browser: Browser, world: LiveWorld, test: Test, pictures?: string): Promise<Error | undefined> {
  world.say({});
  world.empty = false;
  world.detectors = [];
  const pages: Page[] = [];
  const troubles: string[] = [];
  const open = async (path: string, options: PageOptions = {}): Promise<Page> => {
    const viewport = { width: 1280, height: 800 };
    const page = await browser.newPage({
      viewport,
      locale: 'en-GB',
      timezoneId: 'UTC',
      colorScheme: 'light',
      ...options,
    });
    pages.push(page);
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    await page.goto(`${world.url}${path}`);
    await page.locator('h1').first().waitFor({ state: 'attached' });
    return page;
  };
  try {
    await test({ browser, world, pictures, open });
    // One test breaks an answer on purpose.
    const real = troubles.filter((words) => !words.includes('status of 500'));
    if (real.length > 0) throw new Error(real.join('; '));
    return undefined;
  } catch (error) {
    return new Error(`${(error as Error).message} ${troubles.join('; ')}`);
  } finally {
    for (const page of pages) await page.close();
  }
}

const EXPECTED: readonly [ServiceName, TileColour, string][] = [
  ['cart', 'green', '1.20'],
  ['checkout', 'amber', '−2.75'],
  ['frontend', 'red', '4.20'],
];
const TESTS: Readonly<Record<string, Test>> = {
  'the status tile has its first value at once, its colour by the size of the score, and grows': async ({ open }) => {
    const widths: number[] = [];
    for (const [service, colour, figure] of EXPECTED) {
      const page = await open(`/service/shop/${service}`);
      const { words, box } = await tileLooks(page, colour);
      if (!words.includes(figure)) throw new Error(`${service} shows "${words}", not ${figure}`);
      widths.push(box?.width ?? 0);
    }
    if (widths.some((width, i) => i > 0 && width <= (widths[i - 1] ?? 0))) throw new Error(`widths: ${widths}`);
  },
  'the status tile asks again by itself and changes its colour': async ({ open, world }) => {
    const page = await open('/service/shop/cart');
    await tileOf(page, 'green').waitFor();
    await world.score('cart', 7.5);
    await tileOf(page, 'red').waitFor({ timeout: 12_000 });
    await world.score('cart', SCORES.cart);
    await tileOf(page, 'green').waitFor({ timeout: 12_000 });
  },
  'the status tile says that it loads, and that it could not': async ({ browser, world }) => {
    const page = await browser.newPage({ locale: 'en-GB' });
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route(/\/api\/anomaly\//, async (route) => {
      await held;
      await route.fulfill({ status: 500, body: '{}' });
    });
    await page.goto(`${world.url}/service/shop/cart`);
    await page.waitForFunction(
      (words) => document.querySelector('main')?.textContent?.includes(words) === true,
      'Loading…',
    );
    answer();
    await page.waitForFunction(
      (words) => document.querySelector('main')?.textContent?.includes(words) === true,
      'Error fetching data',
    );
    await page.close();
  },
  'the top bar names the cluster and its age; there is nothing to replay and no answer key': async ({ open }) => {
    const page = await open('/');
    await page.getByRole('heading', { name: /unhealthy since/ }).waitFor();
    await waitUntil('the age of the newest sample', async () => {
      const top = (await page.locator('header').first().textContent()) ?? '';
      if (/kind-shop.*Live · newest sample 1\d.*s old, as usual/.test(top)) return true;
      throw new Error(`the top bar says "${top}"`);
    });
    const gone =
      (await page.getByRole('slider').count()) + (await page.getByRole('button', { name: /Play|Pause/ }).count());
    if (gone > 0) throw new Error('there are controls of a replay');
    const rail = (await page.locator('nav').first().textContent()) ?? '';
    if (rail !== 'OverviewFindingsDetectorsBack-test') throw new Error(`the rail has "${rail}"`);
    await page.locator('main').first().focus();
    await page.keyboard.press('Space');
  },
  'what is stuck is said, with since when and what to do, and so is what is old': async ({ open, world }) => {
    const page = await open('/');
    const nowMs = Date.now();
    world.say({ newestMs: nowMs - 5 * 60_000 }, { troubles: [{ ...AWAY, sinceMs: nowMs - 3 * 60_000 }] });
    await page.waitForFunction(
      (words) => words.every((part) => document.body.textContent?.replaceAll('\u202f', ' ').includes(part) === true),
      ['Prometheus does not answer', '3 min ago', AWAY.what, AWAY.remedy, 'What you see is old'],
    );
    if ((await page.locator('[role=status]').count()) < 2) throw new Error('there are not two notices');
    await look(page);
    world.say({});
    await page.waitForFunction((words) => document.body.textContent?.includes(words) === false, 'What you see is old');
  },
  'the word Live is green only while nothing is wrong': async ({ open, world }) => {
    const page = await open('/');
    const trouble = { ...AWAY, sinceMs: Date.now() };
    // The beginning of a disc, a diamond and a triangle.
    const shapes = { 'M6 2.2': [], 'M6 .4': [{ ...trouble, blocking: false }], 'M6 .8': [trouble] };
    for (const [shape, troubles] of Object.entries(shapes)) {
      world.say({}, { troubles });
      const dot = `header svg[viewBox="0 0 12 12"] path[d^="${shape}"]`;
      await page.waitForFunction((selector) => document.querySelector(selector) !== null, dot);
    }
    world.say({});
  },
  'while it learns from history it says how far it is': async ({ open, world }) => {
    world.say({ state: 'warming', progress: 0.63, nowMs: Date.now() + 1000 });
    const page = await open('/');
    await page.getByRole('heading', { name: 'Learning from history what is usual, 63' }).waitFor();
    await look(page);
  },
  'a cluster with nothing yet says that it learns, under one heading': async ({ open, world }) => {
    world.empty = true;
    world.say({ state: 'warming', progress: 0.1, newestMs: undefined }, { series: 0 });
    const page = await open('/');
    await page.getByRole('heading', { name: 'Learning from history what is usual, 10' }).waitFor();
    await look(page);
  },
  'an empty cluster says how to name its Prometheus': async ({ open, world }) => {
    world.empty = true;
    world.say({ newestMs: undefined }, { series: 0, prometheus: null });
    const page = await open('/');
    await page.waitForFunction(
      (words) => document.querySelector('main')?.textContent?.includes(words) === true,
      './tidewatch run --prometheus URL',
    );
    await look(page);
  },
  'what an Alertmanager sends is listed, beside the pod that it names, as text, in both languages': async (session) => {
    const { open, world } = session;
    const page = await open('/');
    await page.getByText('No alert fires.').waitFor();
    await look(page);
    const pod = 'cart-5f6585d649-fnmft';
    const labels = { alertname: 'CartDown', severity: 'page', namespace: 'shop', pod };
    const annotations = { summary: 'The cart is <b>down</b>' };
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    const send = (status: string) =>
      fetch(`${world.url}/api/alerts/alertmanager`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ version: '4', alerts: [{ status, labels, annotations, startsAt }] }),
      });
    await send('firing');
    await page.getByText('The cart is <b>down</b>').waitFor({ timeout: 12_000 });
    await look(page);
    const beside = await open(`/pod/shop/${pod}`);
    await beside.getByText('CartDown').waitFor();
    const chinese = await open('/service/shop/cart', { locale: 'zh-CN' });
    await chinese.getByText('来自 Alertmanager').waitFor();
    const other = await open('/service/shop/frontend');
    await other.getByText('No alert fires.').waitFor();
    await send('resolved');
    await page.getByText('No alert fires.').waitFor({ timeout: 12_000 });
  },
  'the detectors are listed with their states; without any there is one to copy': async ({ open, world }) => {
    const page = await open('/detectors');
    await page.getByRole('heading', { name: 'Detectors' }).waitFor();
    await page.waitForFunction(
      (words) => words.every((part) => document.querySelector('main')?.textContent?.includes(part) === true),
      ['kind: AnomalyDetector', 'kubectl apply -f detector.yaml'],
    );
    await look(page);
    world.detectors = DETECTORS;
    await page.getByRole('cell', { name: 'Awaiting metrics' }).waitFor({ timeout: 12_000 });
    await page.getByRole('cell', { name: '1 of 12' }).waitFor();
    await page.getByRole('link', { name: 'frontend-5f6585d649-fnmft' }).waitFor();
    // Whole, and not on hover alone.
    await page.getByRole('cell', { name: 'unknown algorithm "zscore"; did you mean "z-score"?' }).waitFor();
    const first = await page.locator('tbody tr').first().textContent();
    if (first?.startsWith('frontend-cpu') !== true) throw new Error(`the first row is "${first}"`);
    const builtIn = await page.getByRole('row', { name: /observe-pod-cpu-usage-cores/ }).textContent();
    if (builtIn?.endsWith('3') !== true) throw new Error(`what is built in: "${builtIn}"`);
    await look(page);
  },
  'every page can be read in both themes, at every width, in both languages': async ({ open, world, pictures }) => {
    world.detectors = DETECTORS;
    const troubles = [{ ...AWAY, sinceMs: Date.now() - 3 * 60_000 }];
    const states: Record<string, () => void> = {
      // For the eye only: there is nothing in it that the other has not.
      ...(pictures === undefined ? {} : { well: () => world.say({}) }),
      troubled: () => world.say({ newestMs: Date.now() - 5 * 60_000 }, { troubles }),
    };
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [width, locale] of [
        [400, 'en-GB'],
        [1280, 'zh-CN'],
        [1280, 'en-GB'],
        [2560, 'en-GB'],
      ] as const) {
        for (const [state, begin] of Object.entries(states)) {
          begin();
          for (const path of ['/', '/service/shop/frontend', '/detectors', '/examples']) {
            const page = await open(path, {
              colorScheme,
              locale,
              viewport: { width, height: 900 },
              reducedMotion: 'reduce',
            });
            await page.waitForFunction(
              (words) => document.querySelector('footer')?.textContent?.includes(words) === true,
              '0.0.0',
            );
            await look(page);
            if (pictures !== undefined)
              await picture(
                page,
                pictures,
                `${path.split('/').at(-1) || 'overview'}-${state}-${width}-${colorScheme}-${locale}`,
              );
            await page.close();
          }
        }
      }
    }
  },
};

async function look(page: Page): Promise<void> {
  const problems = await checkPage(page);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function picture(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.locator('main section, main h1').first().waitFor({ state: 'attached' });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
