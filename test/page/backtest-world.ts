// The back-test page on a week of minutes from a tape that the product plays, and what a test or a benchmark does there.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALGORITHMS } from '#detect/index.ts';
import { completeParams } from '#detect/settings.ts';
import { startProduct } from '../fixtures/product.ts';
import type { Page } from './browser.ts';
import { LONG_DETECTORS, writeLongTape } from './long-tape.ts';

export interface BacktestWorld {
  readonly url: string;
  /** Of the pod that has trouble. */
  readonly track: string;
  stop(): Promise<void>;
}

/** `folder` is for tape and data; it is removed by whoever made it. */
export async function openBacktestWorld(folder: string): Promise<BacktestWorld> {
  await mkdir(folder, { recursive: true });
  const [tape, detectors] = [join(folder, 'week.tape'), join(folder, 'detectors.yaml')];
  await writeLongTape(tape);
  await writeFile(detectors, LONG_DETECTORS);
  const options = ['--tape', tape, '-f', detectors, '--data', join(folder, 'data'), '--port', '0', '--speed', 'max'];
  const { url, stop } = await startProduct(options, /The tape has ended/);
  try {
    return { url, track: await trackOf(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function trackOf(url: string): Promise<string> {
  const reply = await fetch(`${url}/api/tracks?text=cart`);
  const { tracks } = (await reply.json()) as { tracks: readonly { track: string }[] };
  const [first] = tracks;
  if (first === undefined) throw new Error('the tape has no series of the cart');
  return first.track;
}

/** Methods that go point by point; the others score a whole window for each point. */
export const ONLINE = Object.values(ALGORITHMS).filter(({ name, params, create }) => {
  const given = name === 'static-threshold' ? { above: 1 } : {};
  return create(completeParams(params, given), { stepMs: 60_000 }).online !== undefined;
});

/** Where the page shows a series; `more` are settings, each with `&` before it. */
export function benchPath({ url, track }: Pick<BacktestWorld, 'url' | 'track'>, more = ''): string {
  return `${url}/backtest?series=${encodeURIComponent(track)}${more}`;
}

/** Waits until the engine has answered and the chart is drawn. */
export async function answered(page: Page): Promise<void> {
  await page.locator('[data-count]').waitFor();
  await page.locator('.uplot canvas').first().waitFor();
}

/** Chooses a method, and waits for the engine's answer. */
export async function choose(page: Page, method: string): Promise<void> {
  await page.locator('main select').selectOption(method);
  await page.locator(`[data-count="${method}"]`).waitFor();
}

export interface Answer {
  /** From the input to the beginning of the frame after the drawing. */
  readonly tookMs: number;
  /** Whether the chart shows something else than before. */
  readonly isNew: boolean;
}

/** What came of each of some presses of a key on a slider. Waits for each of them. */
export async function moveSlider(page: Page, param: string, moves: number): Promise<readonly Answer[]> {
  await page.evaluate(WATCH_ANSWERS);
  const slider = `[data-param="${param}"]`;
  await page.locator(slider).focus();
  const place = await page.evaluate<string>(`document.querySelector('${slider}').value`);
  // Two steps there and two back; from the lowest stop there is no way down.
  const [there, back] = Number(place) < 2 ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
  for (let move = 0; move < moves; move++) {
    await page.keyboard.press(move % 4 < 2 ? there : back);
    await page.waitForFunction((count) => (globalThis as { answers?: Answer[] }).answers?.length === count, move + 1);
  }
  return page.evaluate<Answer[]>('globalThis.answers');
}

/** Runs inside the page. The chart is drawn only when the engine has answered. */
const WATCH_ANSWERS = `(() => {
  globalThis.answers = [];
  if (globalThis.watched) return;
  globalThis.watched = true;
  let [beganMs, picture] = [undefined, undefined];
  const canvas = () => document.querySelector('.uplot canvas');
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...place) {
    clearRect.apply(this, place);
    if (beganMs === undefined || this.canvas !== canvas()) return;
    const began = beganMs;
    beganMs = undefined;
    requestAnimationFrame(() => {
      const tookMs = performance.now() - began;
      globalThis.answers.push({ tookMs, isNew: canvas().toDataURL() !== picture });
    });
  };
  document.addEventListener('keydown', () => (picture = canvas().toDataURL()), true);
  // A list says 'input' as well when a method is chosen, and its drawing may come when the slider is being counted.
  document.addEventListener('input', ({ target }) => {
    if (target.type === 'range') beganMs = performance.now();
  }, true);
})()`;
