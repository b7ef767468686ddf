// The status tile of a service's page (D8) as a browser shows it: its colours, and what is read of it.
import type { Page } from './browser.ts';

export const TILE_COLOURS = {
  green: 'rgb(72, 187, 120)',
  amber: 'rgb(246, 173, 85)',
  red: 'rgb(229, 62, 62)',
} as const;
export type TileColour = keyof typeof TILE_COLOURS;

/** Less than the five seconds after which it asks again: what is there by then was asked for at once. */
export const AT_ONCE_MS = 4000;

export const tileOf = (page: Page, colour: TileColour) => page.locator(`main [data-severity="${colour}"]`);

/** The tile's words and size, once it is there in the colour; throws when the colour does not come, or not smoothly. */
export async function tileLooks(page: Page, colour: TileColour) {
  await tileOf(page, colour).waitFor({ timeout: AT_ONCE_MS });
  await page.waitForFunction(
    (wanted) => getComputedStyle(document.querySelector('main [data-severity]') as Element).backgroundColor === wanted,
    TILE_COLOURS[colour],
  );
  const transition = await page.evaluate<string>(
    "(() => { const s = getComputedStyle(document.querySelector('main [data-severity]')); return [s.transitionProperty, s.transitionDuration, s.transitionTimingFunction].join(' ') })()",
  );
  if (transition !== 'background-color 0.5s ease') throw new Error(`the tile's transition is "${transition}"`);
  return { words: (await tileOf(page, colour).textContent()) ?? '', box: await tileOf(page, colour).boundingBox() };
}

/** Two decimals, and a real minus. */
export function tileFigure(score: number): string {
  return score.toFixed(2).replace('-', '−');
}
