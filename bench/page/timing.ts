// How long the page takes in a real Chromium, measured from within it.
import type { Browser } from '../../test/page/browser.ts';

const THROTTLE = 4;
const VIEWPORT = { width: 1280, height: 900 };

/** Largest contentful paint in ms after navigation began, in an empty profile with the processor throttled. */
export async function coldLoad(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  await page.goto(url);
  await page.waitForTimeout(2500);
  const paint = await page.evaluate<number>(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
  })`);
  await page.close();
  return paint;
}

/** Milliseconds from navigation until the canvas has ink; every request for a series gets `body`. */
export async function timeToChart(browser: Browser, url: string, body: string): Promise<number> {
  const page = await browser.newPage({ viewport: VIEWPORT });
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
  await page.close();
  return ms;
}
