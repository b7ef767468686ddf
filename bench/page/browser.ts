// Chromium driven by playwright-core, which belongs to the test parts and not to the product.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const THROTTLE = 4;

/** As much of playwright's types as is used: they are not installed with the product. */
export interface Browser {
  newContext(options: object): Promise<Context>;
  close(): Promise<void>;
}
interface Context {
  newPage(): Promise<Page>;
  newCDPSession(page: Page): Promise<{ send(method: string, params: object): Promise<unknown> }>;
  close(): Promise<void>;
}
interface Page {
  goto(url: string, options?: object): Promise<unknown>;
  evaluate<T>(work: string): Promise<T>;
  route(pattern: RegExp, handler: (route: { fulfill(reply: object): Promise<void> }) => Promise<void>): Promise<void>;
  waitForTimeout(ms: number): Promise<void>;
}

/** Undefined when Chromium or playwright-core is not there. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  const manifest = fileURLToPath(new URL('../../test/parts/package.json', import.meta.url));
  try {
    const { chromium } = createRequire(manifest)('playwright-core') as {
      chromium: { launch(options: object): Promise<Browser> };
    };
    return executablePath === undefined ? undefined : await chromium.launch({ executablePath, args: FLAGS });
  } catch {
    return undefined;
  }
}

/** Largest contentful paint in ms after navigation began, in an empty profile with the processor throttled. */
export async function coldLoad(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  await page.goto(url);
  await page.waitForTimeout(2500);
  const paint = await page.evaluate<number>(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
  })`);
  await context.close();
  return paint;
}

/** Milliseconds from navigation until the canvas has ink; every request for a series gets `body`. */
export async function timeToChart(browser: Browser, url: string, body: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.route(/\/api\/series/, (route) => route.fulfill({ contentType: 'application/json', body }));
  await page.goto(url, { waitUntil: 'commit' });
  // Looked for in every frame, from within the page: its policy forbids what playwright's own waiting would evaluate.
  const ms = await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      const canvas = document.querySelector('canvas');
      const { width = 0, height = 0 } = canvas ?? {};
      const ink = width > 0 && canvas.getContext('2d').getImageData(width >> 1, 0, 1, height).data.some((value) => value !== 0);
      if (ink) resolve(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  })`);
  await context.close();
  return ms;
}
