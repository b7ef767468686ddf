// The page in a real Chromium, as a reader uses it: open, play, pause, jump, open a tile, open a finding, reload, switch
// language and theme, and all the way from load to a finding's evidence by keyboard alone. A server must run at `url`
// whose replay has findings; its playhead is moved by these tests.
import { waitUntil } from '../parts/wait-until.ts';
import { type Browser, openBrowser, type Page, type PageOptions } from './browser.ts';
import { checkPage } from './checks.ts';

export interface PageTests {
  /** Where the page is, without a slash at its end. */
  readonly url: string;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

interface Session {
  readonly page: Page;
  /** Errors of the console, of scripts and of the content security policy, and answers that are errors. */
  readonly troubles: string[];
}

type Test = (session: Session, url: string) => Promise<void>;

/** A moment of the shipped day in which findings are open: four minutes into the fault of 04:27. */
const IN_TROUBLE_MS = Date.UTC(2022, 7, 22, 4, 31, 30);
/** Before the first fault of that day. */
const BEFORE_FAULTS_MS = Date.UTC(2022, 7, 22, 3, 52);
/** All findings have ended, one of them less than ten minutes ago. */
const JUST_SETTLED_MS = Date.UTC(2022, 7, 22, 7, 17);
/** A finding began that is minutes from any recorded span. */
const WITHOUT_SPANS_MS = Date.UTC(2022, 7, 22, 5, 22, 20);
/** Injected into the shipped day. */
const FAULTS = 24;
const PATIENCE_MS = 30_000;

/** Runs every test and returns how many failed. */
export async function run({ url, report }: PageTests): Promise<number> {
  const browser = await openBrowser();
  let failed = 0;
  try {
    await jumpTo(url, IN_TROUBLE_MS);
    for (const [name, test] of Object.entries(TESTS)) {
      const error = await attempt(browser, url, test);
      if (error !== undefined) failed++;
      report(name, error);
    }
  } finally {
    await browser.close();
  }
  return failed;
}

async function attempt(browser: Browser, url: string, test: Test): Promise<Error | undefined> {
  const session = await openSession(browser);
  try {
    await test(session, url);
    if (session.troubles.length > 0) throw new Error(session.troubles.join('; '));
    return undefined;
  } catch (error) {
    const also = session.troubles.length === 0 ? '' : ` (also: ${session.troubles.join('; ')})`;
    return new Error(`${(error as Error).message}${also} at ${session.page.url()}`);
  } finally {
    await session.page.close();
  }
}

async function openSession(browser: Browser, options: PageOptions = {}): Promise<Session> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
    ...options,
  });
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
  });
  return { page, troubles };
}

const TESTS: Readonly<Record<string, Test>> = {
  'the overview says how it stands, with what users feel, the day and the tiles': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('heading', { name: /unhealthy since|quiet since/ }).waitFor();
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await page
      .getByRole('link', { name: /cartservice/ })
      .first()
      .waitFor();
    await page.locator('footer code').waitFor();
    expectNone(await checkPage(page));
  },
  'play and pause are told by the button and the clock': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    const before = await clock(page);
    await page.waitForFunction(
      (earlier) => document.querySelector('[role=region] time')?.textContent !== earlier,
      before,
    );
    await page.locator('main').focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  },
  'the speed is chosen by a press': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('button', { name: '600×' }).click();
    await page.waitForFunction(isPressed, '600×');
    await page.getByRole('button', { name: '60×', exact: true }).click();
    await page.waitForFunction(isPressed, '60×');
  },
  'the playhead jumps by keyboard': async ({ page }, url) => {
    await page.goto(url);
    const slider = page.getByRole('slider', { name: 'Playhead' });
    await slider.waitFor();
    const before = Number(await slider.getAttribute('aria-valuenow'));
    await slider.focus();
    await slider.press('ArrowRight');
    await slider.press('ArrowRight');
    await page.waitForFunction(
      (ms) => Date.parse(document.querySelector<HTMLTimeElement>('[role=region] time')?.dateTime ?? '') >= ms,
      IN_TROUBLE_MS + 8 * 60_000,
      { timeout: PATIENCE_MS },
    );
    const after = Number(await slider.getAttribute('aria-valuenow'));
    if (after < before + 9) throw new Error(`the playhead went from ${before} to ${after} minutes`);
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'presses of ten minutes add up, and the clock shows where it will be, not what it passes': async ({ page }, url) => {
    await page.goto(url);
    const [back, forward] = ['10 minutes back', '10 minutes on'].map((name) => page.getByRole('button', { name }));
    if (back === undefined || forward === undefined) return;
    await forward.waitFor();
    await page.evaluate(WATCH_CLOCK);
    for (const button of [forward, forward]) await button.click();
    await arrived(url, IN_TROUBLE_MS + 20 * 60_000);
    for (const button of [back, back, back]) await button.click();
    await arrived(url, IN_TROUBLE_MS - 10 * 60_000);
    await page.waitForFunction(() => document.querySelector('[role=region] progress') === null);
    const seen = await page.evaluate<string[]>('globalThis.clockSeen');
    const expected = ['04:31:30', '04:41:30', '04:51:30', '04:41:30', '04:31:30', '04:21:30'];
    if (seen.join() !== expected.join()) throw new Error(`the clock showed ${seen.join()}`);
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'the sentence is true of amber tiles': async ({ page }, url) => {
    await jumpTo(url, JUST_SETTLED_MS);
    await page.goto(url);
    await page.getByRole('heading', { name: /^Quiet since \d\d:\d\d; 1 just settled; 9 quiet$/ }).waitFor();
    await page.locator('main:has-text("24 faults that somebody injected")').waitFor();
    expectNone(await checkPage(page));
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'where no spans were recorded the nearest ones are a press away': async ({ page }, url) => {
    await jumpTo(url, WITHOUT_SPANS_MS + 5 * 60_000);
    const list = await (await fetch(`${url}/api/findings?service=currencyservice&limit=100`)).json();
    const { findings } = list as { findings: { id: string; startMs: number }[] };
    const far = findings.find(({ startMs }) => Math.abs(startMs - WITHOUT_SPANS_MS) < 60_000);
    await page.goto(`${url}/findings/${far?.id}`);
    await page.getByRole('button', { name: 'Show those' }).click({ timeout: PATIENCE_MS });
    await page.getByRole('heading', { name: /^Spans around 05:20/ }).waitFor();
    await page.getByRole('button', { name: 'Show its trace' }).first().waitFor();
    // Its series are not there while the replay begins again.
    await page.goto('about:blank');
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'a tile opens to its charts, and a chart is drawn': async ({ page }, url) => {
    await page.goto(url);
    await page.locator('main a[href^="/service/"]').first().click();
    await page.waitForFunction((start) => location.pathname.startsWith(start), '/service/');
    await page.locator('.uplot canvas').first().waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.waitForFunction((part) => location.search.includes(part), 'range=all');
    expectNone(await checkPage(page));
  },
  'the words beside a chart follow the pointer; dragging zooms, a double click resets': async ({ page }, url) => {
    await page.goto(url);
    await page.locator('main a[href^="/service/"]').first().click();
    const chart = page.locator('.uplot .u-over').first();
    await chart.waitFor({ timeout: PATIENCE_MS });
    await chart.scrollIntoViewIfNeeded();
    await page.waitForFunction(isDrawn, undefined, { timeout: PATIENCE_MS });
    const words = page.locator('main section dl').first();
    const before = await words.textContent();
    // The page goes on playing, so the chart may still move: look where it is, point at it, and again.
    let box = await chart.boundingBox();
    for (let tries = 0; tries < 100 && (await words.textContent()) === before; tries++) {
      await chart.scrollIntoViewIfNeeded();
      box = await chart.boundingBox();
      if (box === null) throw new Error('the chart has no place on the page');
      await page.mouse.move(box.x + box.width * 0.2 + (tries % 2), box.y + box.height / 2);
      await page.waitForTimeout(100);
    }
    if (box === null || (await words.textContent()) === before) throw new Error('the words do not follow the pointer');
    const [y, right] = [box.y + box.height / 2, box.x + box.width * 0.5];
    await page.mouse.down();
    await page.mouse.move(right, y, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction((part) => location.search.includes(part), 'from=');
    // Under the first clicks the chart may be laid out anew.
    await waitUntil('the whole again', async () => {
      const place = await chart.boundingBox();
      if (place === null) throw new Error('the chart is gone after the zoom');
      await page.mouse.dblclick(place.x + place.width / 2, place.y + place.height / 2);
      await page.waitForFunction(() => location.search === '', undefined, { timeout: 2000 });
      return true;
    });
  },
  'the playhead jumps where it is dragged': async ({ page }, url) => {
    await page.goto(url);
    const slider = page.getByRole('slider', { name: 'Playhead' });
    await slider.waitFor();
    const box = await slider.boundingBox();
    if (box === null) throw new Error('the playhead has no place on the page');
    const before = await clock(page);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x - 30, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(
      (earlier) => document.querySelector('[role=region] time')?.textContent !== earlier,
      before,
      { timeout: PATIENCE_MS },
    );
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'a finding opens to its evidence, and a reload keeps it': async ({ page }, url) => {
    await page.goto(`${url}/findings`);
    await page.locator('main ol a').first().click();
    await page.waitForFunction((start) => location.pathname.startsWith(start), '/findings/');
    await page.locator('.uplot canvas').first().waitFor({ timeout: PATIENCE_MS });
    const title = await page.locator('h1').textContent();
    await page.reload();
    await page.getByRole('region', { name: 'Evidence' }).waitFor();
    if ((await page.locator('h1').textContent()) !== title) throw new Error('the reload shows something else');
    expectNone(await checkPage(page));
  },
  'a link to a finding that is not there says so': async ({ page, troubles }, url) => {
    await page.goto(`${url}/findings/not-there`);
    await page.getByRole('link', { name: 'All findings' }).waitFor();
    expectNone(await checkPage(page));
    // The browser itself reports the 404 that was asked for.
    troubles.splice(0, troubles.length, ...troubles.filter((trouble) => !trouble.includes('404')));
  },
  'the list of findings is filtered, and the filter is in the address': async ({ page }, url) => {
    await page.goto(`${url}/findings`);
    await page.getByRole('searchbox').fill('cpu');
    await page.waitForFunction((part) => location.search.includes(part), 'text=cpu');
    await page.getByRole('button', { name: 'Worst' }).click();
    await page.waitForFunction((part) => location.search.includes(part), 'order=worst');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForFunction(() => location.search === '');
    expectNone(await checkPage(page));
  },
  'the answer key lists every fault': async ({ page }, url) => {
    await page.goto(`${url}/answer-key`);
    await page.locator('tbody tr').first().waitFor();
    const { faults, coloured } = (await (await fetch(`${url}/api/answer-key`)).json()) as {
      faults: unknown[];
      coloured: number;
    };
    const rows = await page.locator('tbody tr').count();
    if (rows !== FAULTS || faults.length !== FAULTS) throw new Error(`${rows} rows of ${faults.length} faults`);
    const figure = await page.locator('main dd').first().textContent();
    if (!figure?.trim().startsWith(`${coloured} / ${FAULTS}`)) throw new Error(`${coloured} are told as ${figure}`);
    expectNone(await checkPage(page));
  },
  'a question mark tells the keys': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expectNone(await checkPage(page));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
  },
  'a finding ahead of the playhead stays in sight, and one press plays up to it': async ({ page, troubles }, url) => {
    await page.goto(`${url}/findings`);
    await page.locator('main ol a').first().click();
    await page.waitForFunction((part) => location.search.includes(part), 'at=');
    const title = await page.locator('h1').textContent();
    await page.getByRole('region', { name: 'Evidence' }).waitFor();
    await jumpTo(url, BEFORE_FAULTS_MS);
    await page.getByRole('button', { name: 'Play up to it' }).waitFor({ timeout: PATIENCE_MS });
    if ((await page.locator('h1').textContent()) !== title) throw new Error('the finding is dropped');
    await page.reload();
    await page.getByRole('button', { name: 'Play up to it' }).click();
    await page.getByRole('region', { name: 'Evidence' }).waitFor({ timeout: PATIENCE_MS });
    // The browser itself reports the 404s of the time before.
    troubles.splice(0, troubles.length, ...troubles.filter((trouble) => !trouble.includes('404')));
    await jumpTo(url, IN_TROUBLE_MS);
  },
  'language and theme are switched and remembered': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('link', { name: '总览' }).waitFor();
    await page.locator('header select').selectOption('dark');
    await page.reload();
    await page.getByRole('link', { name: '总览' }).waitFor();
    const root = await page.evaluate<string>('document.documentElement.lang + document.documentElement.dataset.theme');
    if (root !== 'zhdark') throw new Error(`after the reload the page is ${root}`);
    expectNone(await checkPage(page));
  },
  'by keyboard alone one gets from the overview to the evidence of a finding': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Service, pod, finding or page' }).waitFor();
    await page.keyboard.type('finding');
    await page.keyboard.press('Enter');
    await page.waitForFunction((path) => location.pathname === path, '/findings');
    await page.locator('main ol a').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.waitForFunction(() => document.querySelector('main ol a[aria-current=true]') !== null);
    await page.keyboard.press('Enter');
    await page.waitForFunction((start) => location.pathname.startsWith(start), '/findings/');
    await page.getByRole('region', { name: 'Evidence' }).waitFor();
    await page.locator('.uplot canvas').first().waitFor({ timeout: PATIENCE_MS });
  },
  'the first Tab skips to the content': async ({ page }, url) => {
    await page.goto(url);
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>('document.activeElement.textContent');
    if (focused !== 'Skip to the content') throw new Error(`the first Tab reaches "${focused}"`);
  },
  'a path that names no page is a designed page': async ({ page }, url) => {
    await page.goto(`${url}/no/such/page`);
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.waitForFunction((path) => location.pathname === path, '/');
  },
  'all parts stand on the page of examples, in both themes': async ({ page }, url) => {
    await page.goto(`${url}/examples`);
    await page.getByRole('heading', { name: 'Examples of all parts' }).waitFor();
    expectNone(await checkPage(page));
    await page.locator('header select').selectOption('dark');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    // Colours take half a second to change.
    await page.waitForFunction(() =>
      document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== 'running'),
    );
    expectNone(await checkPage(page));
  },
  'a phone shows every page without scrolling sideways': async ({ page }, url) => {
    await page.setViewportSize({ width: 400, height: 850 });
    for (const path of ['/', '/findings', '/answer-key', '/examples']) {
      await page.goto(`${url}${path}`);
      await page.locator('h1').waitFor();
      await page.locator('footer code').waitFor();
      expectNone((await checkPage(page)).map((problem) => `${path}: ${problem}`));
    }
  },
};

function expectNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}

/** Runs inside the page: whether the first chart has a line, and so answers to the pointer. */
function isDrawn(): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('.uplot canvas');
  const pixels = canvas?.width
    ? canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
    : undefined;
  return pixels?.some((value) => value !== 0) ?? false;
}

/** Runs inside the page. */
function isPressed(label: string): boolean {
  return [...document.querySelectorAll('[aria-pressed=true]')].some((button) => button.textContent === label);
}

/** Runs inside the page: keeps every time that the clock shows. */
const WATCH_CLOCK = `(() => {
  const seen = (globalThis.clockSeen = []);
  const look = () => {
    const time = document.querySelector('[role=region] time').textContent;
    if (time !== seen[seen.length - 1]) seen.push(time);
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
})()`;

async function clock(page: Page): Promise<string | null> {
  const time = page.locator('[role=region] time').first();
  await time.waitFor();
  return time.textContent();
}

/** Moves the playhead from outside the page, paused, and waits until it is there. */
export async function jumpTo(url: string, toMs: number): Promise<void> {
  const command = (body: object): Promise<Response> =>
    fetch(`${url}/api/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await command({ action: 'pause' });
  await command({ action: 'jump', toMs });
  await arrived(url, toMs);
}

async function arrived(url: string, toMs: number): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (Date.now() < deadlineMs) {
    const state = (await (await fetch(`${url}/api/replay`)).json()) as { state: string; nowMs: number };
    if (state.state !== 'catching-up' && Math.abs(state.nowMs - toMs) < 120_000) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the replay did not reach ${new Date(toMs).toISOString()} in ${PATIENCE_MS / 1000} s`);
}
