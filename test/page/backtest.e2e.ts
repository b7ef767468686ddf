// The back-test page in a real Chromium, on a week of minutes from a tape that the product plays: from a finding to other
// settings, what a slider moves, what the address and the browser's history hold, and the file that results. How soon a
// slider is answered is measured by `bench page`.
import { createJudging } from '#app/validate/judge.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { createCheck } from '../e2e/check.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { answered, benchPath, choose, moveSlider, ONLINE, openBacktestWorld } from './backtest-world.ts';
import { type Browser, openBrowser, type Page } from './browser.ts';
import { checkPage } from './checks.ts';
import { LONG_METRIC, LONG_POINTS } from './long-tape.ts';

export interface BacktestTests {
  /** For tape and data; removed by whoever made it. */
  readonly folder: string;
  readonly report: (name: string, error?: Error) => void;
}

interface Session {
  readonly page: Page;
  readonly url: string;
  /** Of the pod that has trouble. */
  readonly track: string;
  readonly say: (line: string) => void;
}

type Test = (session: Session) => Promise<void>;

const MOVES = 8;
const PATIENCE_MS = 90_000;
/** Between two, while a method that takes long is at work. */
const MOST_FRAME_MS = 500;

export async function run({ folder, report }: BacktestTests): Promise<void> {
  const check = createCheck(report);
  const world = await openBacktestWorld(folder);
  const browser = await openBrowser();
  try {
    for (const [name, test] of Object.entries(TESTS)) await check(name, () => attempt(browser, test, world));
  } finally {
    await browser.close();
    await world.stop();
  }
}

async function attempt(browser: Browser, test: Test, { url, track }: Pick<Session, 'url' | 'track'>): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    ...{ locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light' },
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const troubles: string[] = [];
  page.on('console', (message) => {
    // A link to a series that is not there is answered by 404, which one test asks for.
    const isExpected = message.text().includes('404');
    if (['error', 'warning'].includes(message.type()) && !isExpected) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  try {
    await test({ page, url, track, say: (line) => process.stdout.write(`     ${line}\n`) });
  } catch (error) {
    throw new Error([(error as Error).message, ...troubles].join('; also: '));
  } finally {
    await page.close();
  }
  expectNone(troubles);
}

const TESTS: Readonly<Record<string, Test>> = {
  'a finding leads to other settings of its detector, which find the same': async ({ page, url }) => {
    await page.goto(`${url}/findings`);
    await page
      .getByRole('link', { name: /P90 server latency/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'Try other settings' }).click();
    await page.getByRole('heading', { name: 'Back-test: P90 server latency' }).waitFor();
    await answered(page);
    const { pathname, searchParams } = new URL(page.url());
    expect(pathname === '/backtest' && searchParams.has('from'), `it leads to ${page.url()}`);
    await page.locator(`text=all ${thin(LONG_POINTS)} points`).waitFor();
    await page.locator('text=the same as the setting that runs').waitFor();
    expect((await yamlOf(page)) === LONG_YAML, `the file is ${await yamlOf(page)}`);
    expectNone(await checkPage(page));
  },

  'each press on a slider is answered by a drawing, whatever the method': async ({ page, url, track, say }) => {
    await page.goto(benchPath({ url, track }));
    await answered(page);
    say(`from a press to the drawing of ${thin(LONG_POINTS)} points, median of ${MOVES} (worst), ms`);
    for (const { name, params } of ONLINE) {
      await choose(page, name);
      const [first] = Object.entries(params).flatMap(([key, { kind }]) => (kind === 'number' ? [key] : []));
      const told: string[] = [];
      for (const param of ['threshold', ...(first === undefined ? [] : [first])]) {
        const answers = await moveSlider(page, param, MOVES);
        const changed = answers.filter(({ isNew }) => isNew).length;
        // Of one that scores nothing within a week, as slow-trend, no threshold changes the picture.
        const mustChange = name === 'auto' && param === 'threshold';
        if (mustChange) expect(changed > MOVES / 2, `${changed} of ${MOVES} presses changed the picture`);
        const took = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
        told.push(`${param} ${took[MOVES / 2]?.toFixed(0)} (${took.at(-1)?.toFixed(0)})`);
      }
      say(`  ${name}: ${told.join(', ')}`);
    }
  },

  'a slider moves the band and the findings, and says what is new and gone': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }));
    await answered(page);
    const before = await countOf(page);
    const threshold = page.locator('[data-param="threshold"]');
    await threshold.focus();
    for (let press = 0; press < 8; press++) await page.keyboard.press('ArrowLeft');
    await page.locator('text=/[1-9]\\d* new/').waitFor();
    // An answer to one of the first presses may be on its way still.
    await waitUntil('more findings than before', async () => (await countOf(page)) > before);
    await page.locator('[data-state="new"]').first().waitFor();
    for (let press = 0; press < 40; press++) await page.keyboard.press('ArrowRight');
    await page.locator('[data-state="gone"]').first().waitFor();
    await page.getByRole('button', { name: 'As it runs now' }).click();
    await page.locator('text=the same as the setting that runs').waitFor();
    expect((await countOf(page)) === before, 'it is not as before');
  },

  'the address holds all of it, and the browser goes back and forward': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }));
    await answered(page);
    await page.locator('main select').selectOption('ema');
    await page.waitForFunction(inAddress, 'method=ema');
    await page.getByRole('button', { name: 'above', exact: true }).click();
    await page.waitForFunction(inAddress, 'g.direction=above');
    await page.locator('[data-param="halfLifeMs"]').focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(inAddress, 'p.halfLifeMs=2700000');
    const [yaml, found] = [await yamlOf(page), await countOf(page)];
    expect(yaml.includes('halfLifeMs: 2700000') && yaml.includes('direction: above'), `the file is ${yaml}`);
    await page.reload();
    await answered(page);
    expect((await yamlOf(page)) === yaml && (await countOf(page)) === found, 'a reload shows something else');
    await page.evaluate('history.back()');
    await page.waitForFunction(
      (text) => !document.querySelector('[data-yaml]')?.textContent?.includes(text),
      'halfLife',
    );
    await page.evaluate('history.forward()');
    await page.waitForFunction((text) => document.querySelector('[data-yaml]')?.textContent === text, yaml);
  },

  'the file that results passes validate, whatever the method': async ({ page, url, track }) => {
    const guards = '&threshold=4.5&g.persistencePoints=2&g.persistenceOf=3&g.rangeMax=2&g.minAbsoluteDeviation=0.01';
    await page.goto(benchPath({ url, track }, `&method=ema${guards}`));
    await answered(page);
    for (const name of Object.keys(ALGORITHMS)) {
      await page.locator('main select').selectOption(name);
      await page.locator(`[data-yaml]:has-text("name: ${name === 'auto' ? 'latency' : name}")`).waitFor();
      const judging = createJudging({ group: DEFAULT_GROUP, schemas: [] });
      judging.judgeFile({ file: name, text: await yamlOf(page), isNamed: true });
      const { remarks, objects } = judging.result();
      expect(objects === 1, `${name}: ${objects} objects`);
      expectNone(remarks.map(({ path, message }) => `${name}: ${path}: ${message}`));
      const [good] = judging.detectors;
      expect(good?.detector.algorithm === name, `it is of ${good?.detector.algorithm}`);
    }
  },

  'a method that takes long says how far it is, and is left for the newest wish': async ({ page, url, track, say }) => {
    await page.goto(benchPath({ url, track }, '&method=isolation-forest'));
    await page.locator('text=/Working, \\d/').waitFor();
    let worst = Number.POSITIVE_INFINITY;
    // The best of three: a machine without processor time for half a second is no page that is held up.
    for (let look = 0; look < 3 && worst >= MOST_FRAME_MS; look++) {
      await page.evaluate(WATCH_FRAMES);
      await page.locator('[data-param="threshold"]').focus();
      for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowRight');
      await page.locator('text=/Working, \\d/').waitFor();
      worst = Math.min(worst, await page.evaluate<number>('globalThis.longestFrame()'));
    }
    say(`isolation-forest under way: the longest time between two frames is ${worst.toFixed(0)} ms`);
    await page.locator('main select').selectOption('ema');
    await page.locator('text=/points in \\d+/').waitFor();
    expect((await page.locator('text=/Working/').count()) === 0, 'it still works');
    expect(worst < MOST_FRAME_MS, `a frame took ${worst} ms`);
  },

  'what is typed counts, and what is no value says what is expected': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }));
    await answered(page);
    const field = page.getByRole('textbox', { name: 'Baseline, as a number' });
    await field.fill('90m');
    await page.waitForFunction(inAddress, 'p.baselineMs=5400000');
    await field.fill('2 moons');
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Reset Baseline to its default' }).click();
    await page.waitForFunction((text) => !location.search.includes(text), 'p.baselineMs');
    expect((await page.getByRole('alert').count()) === 0, 'the problem stays');
  },

  'a number that does not count says why, and so does the address': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }, '&method=ema&threshold=-5&g.persistencePoints=2'));
    await answered(page);
    await page.locator('text=Not taken from the address').waitFor();
    const said = await page.locator('text=Not taken from the address').textContent();
    expect(said?.endsWith(': threshold=-5') === true, `of the address it says ${said}`);
    const problemOf = async (name: string, typed: string): Promise<string> => {
      await page.getByRole('textbox', { name }).fill(typed);
      const field = `[aria-label="${name}"]`;
      return (await page.locator(`[role=group]:has(${field}) [role=alert]`).textContent()) ?? '';
    };
    const comma = await problemOf('Threshold, as a number', '2,5');
    expect(comma.includes('decimal point'), `of a comma it says ${comma}`);
    const few = await problemOf('Persistence: of the last, as a number', '1');
    expect(few.includes('no fewer than the 2 points'), `of too few it says ${few}`);
    expectNone(await checkPage(page));
    await page.getByRole('textbox', { name: 'Threshold, as a number' }).fill('2.5');
    await page.waitForFunction(inAddress, 'threshold=2.5');
    expect((await page.locator('text=Not taken from the address').count()) === 0, 'the line stays');
  },

  'a text that is no value says what is wrong, and counts once it is one': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }, '&method=seasonal-bands'));
    await answered(page);
    const field = page.getByRole('textbox', { name: 'Time zone' });
    await field.fill('Europe/Atlantis');
    const id = (await field.getAttribute('aria-describedby')) ?? '';
    const problem = await page.locator(`[id="${id}"]`).textContent();
    expect(problem === 'no time zone is called "Europe/Atlantis"', `it says ${problem}`);
    expect((await field.getAttribute('aria-invalid')) === 'true', 'it is not marked');
    expect(!(await yamlOf(page)).includes('Atlantis'), 'it counts');
    expectNone(await checkPage(page));
    await field.fill('Europe/Berlin');
    await page.waitForFunction(inAddress, 'p.timeZone=Europe%2FBerlin');
    expect((await yamlOf(page)).includes('timeZone: Europe/Berlin'), 'it does not count');
    expect((await field.getAttribute('aria-invalid')) === 'false', 'the mark stays');
    await page.evaluate('history.back()');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[data-param="timeZone"]')?.value === '');
  },

  'a fault that is laid is caught or missed, and all of it is in the address': async ({ page, url, track }) => {
    await page.goto(benchPath({ url, track }));
    await answered(page);
    const before = await countOf(page);
    await page.getByRole('button', { name: 'spike', exact: true }).click();
    await page.locator('[data-fault="spike"] [data-caught="true"]').waitFor();
    expect((await countOf(page)) > before, 'it is no finding');
    await page.waitForFunction(inAddress, 'fault=spike&f.size=8');
    expectNone(await checkPage(page));
    // The noise of one sigma is no fault: what is smaller than any threshold is missed, and says why.
    await page.getByRole('textbox', { name: 'Size, as a number' }).fill('1');
    await page.locator('[data-caught="false"]:has-text("below the threshold")').waitFor();
    await page.waitForFunction(inAddress, 'f.size=1&');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+z');
    await page.locator('[data-fault="spike"] [data-caught="true"]').waitFor();
    // By the keyboard, a point further.
    await page.waitForFunction(inAddress, 'f.size=8');
    const at = Number(new URL(page.url()).searchParams.get('f.at'));
    await page.locator('[data-param="fault-start"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(inAddress, `f.at=${at + 60_000}`);
    await page.reload();
    await page.locator('[data-fault="spike"] [data-caught]').waitFor();
    await page.getByRole('button', { name: 'Show it in the chart' }).click();
    await page.waitForFunction(inAddress, 'from=');
    for (const kind of ['shift', 'drift', 'drop-out', 'noise', 'season']) {
      await page.getByRole('button', { name: kind, exact: true }).click();
      await page.locator(`[data-fault="${kind}"] [data-caught]`).waitFor();
    }
    await page.getByRole('button', { name: 'season', exact: true }).press('Escape');
    await page.waitForFunction(() => document.querySelector('[data-fault]') === null);
    await page.waitForFunction((text) => !location.search.includes(text), 'fault=');
  },

  'series are found by words, and states without one are designed': async ({ page, url, track }) => {
    await page.goto(`${url}/backtest`);
    await page.getByRole('searchbox', { name: 'Which series?' }).fill('latency cart');
    await page.waitForFunction((count) => document.querySelectorAll('main li').length === count, 1);
    expectNone(await checkPage(page));
    await page.getByRole('link', { name: /cart-/ }).click();
    await answered(page);
    expect(new URL(page.url()).searchParams.get('series') === track, `it leads to ${page.url()}`);
    await page.goto(`${url}/backtest?text=nothing+like+this`);
    await page.locator('text=No series has these words').waitFor();
    await page.goto(`${url}/backtest?series=none`);
    await page.locator('text=There is no such series').waitFor();
    await page.goto(benchPath({ url, track }, '&method=static-threshold'));
    await page.getByRole('alert').waitFor();
    expectNone(await checkPage(page));
  },

  'a phone shows it without scrolling sideways, in the dark too': async ({ page, url, track }) => {
    await page.setViewportSize({ width: 400, height: 850 });
    await page.goto(benchPath({ url, track }, '&method=holt-winters'));
    await answered(page);
    expectNone(await checkPage(page));
    await page.locator('header select').selectOption('dark');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    // Colours take half a second to change.
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
    expectNone(await checkPage(page));
  },
};

/** As the detector of the tape is written, without what is a default. */
const LONG_YAML = `apiVersion: ${DEFAULT_GROUP}/v2
kind: AnomalyDetector
metadata:
  name: latency
  namespace: shop
spec:
  targets:
    matchLabels:
      app: shop
  metrics:
  - name: ${LONG_METRIC}
  method:
    name: median-mad
  threshold: 6
  guards:
    direction: above
    persistence:
      points: 2
      clear: 2
`;

async function countOf(page: Page): Promise<number> {
  return Number(await page.locator('[data-count]').textContent());
}

async function yamlOf(page: Page): Promise<string> {
  return (await page.locator('[data-yaml]').textContent()) ?? '';
}

/** Runs inside the page: how long the longest frame was since. */
const WATCH_FRAMES = `(() => {
  let [last, longest] = [performance.now(), 0];
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  globalThis.longestFrame = () => longest;
})()`;

/** Runs inside the page. */
function inAddress(text: string): boolean {
  return location.search.includes(text);
}

/** With the thin space that the page has between thousands. */
function thin(count: number): string {
  return String(count).replace(/(\d)(\d{3})$/, '$1\u202f$2');
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function expectNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}
