// How soon the back-test page answers a slider, on a series of ten thousand points: for each method that goes point by point,
// from the input to the frame after the chart was drawn anew. No other page answers at all, so there is no peer.
import { join } from 'node:path';
import { answered, benchPath, choose, moveSlider, ONLINE, openBacktestWorld } from '../../test/page/backtest-world.ts';
import type { Browser } from '../../test/page/browser.ts';
import { LONG_POINTS } from '../../test/page/long-tape.ts';
import { markdownTable, spread } from '../measure.ts';

const MOVES = 8;

/** A table; `folder` is for tape and data. */
export async function sliderTable(browser: Browser, folder: string): Promise<string> {
  const world = await openBacktestWorld(join(folder, 'backtest'));
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(benchPath(world));
    await answered(page);
    const rows: string[][] = [];
    for (const { name } of ONLINE) {
      await choose(page, name);
      const answers = await moveSlider(page, 'threshold', MOVES);
      const changed = answers.filter(({ isNew }) => isNew).length;
      rows.push([
        name,
        spread(
          answers.map(({ tookMs }) => tookMs),
          0,
        ),
        `${changed} of ${MOVES}`,
      ]);
    }
    await page.close();
    const points = LONG_POINTS.toLocaleString('en');
    return markdownTable([`threshold moved on ${points} points (aim 100 ms)`, 'ms to the drawing', 'changed it'], rows);
  } finally {
    await world.stop();
  }
}
