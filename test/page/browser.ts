// A real Chromium with an empty profile, driven by playwright-core from test/parts. Only what the tests use of it is
// typed here, so that the repository type-checks without those parts installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Locator {
  click(options?: { timeout?: number }): Promise<void>;
  focus(): Promise<void>;
  press(key: string): Promise<void>;
  fill(text: string): Promise<void>;
  selectOption(value: string): Promise<unknown>;
  waitFor(options?: { state?: 'visible' | 'hidden' | 'attached'; timeout?: number }): Promise<void>;
  textContent(): Promise<string | null>;
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
  scrollIntoViewIfNeeded(): Promise<void>;
  getAttribute(name: string): Promise<string | null>;
  count(): Promise<number>;
  first(): Locator;
  locator(selector: string): Locator;
}

/** A request that is held: answered by the test, or let go to the server. */
export interface Route {
  fulfill(reply: object): Promise<void>;
  continue(): Promise<void>;
}

export interface Page {
  goto(url: string, options?: { waitUntil?: 'load' | 'domcontentloaded' | 'commit' }): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string;
  locator(selector: string): Locator;
  getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
  evaluate<T>(expression: string): Promise<T>;
  /** The function runs inside the page. A text instead would need `unsafe-eval`. */
  waitForFunction<T>(holds: (argument: T) => boolean, argument?: T, options?: { timeout?: number }): Promise<unknown>;
  route(pattern: RegExp, handler: (route: Route) => Promise<void>): Promise<void>;
  waitForTimeout(ms: number): Promise<void>;
  setDefaultTimeout(ms: number): void;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  readonly mouse: {
    move(x: number, y: number, options?: { steps?: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
    dblclick(x: number, y: number): Promise<void>;
  };
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(
    event: 'response',
    listener: (response: { status(): number; url(): string; body(): Promise<Buffer> }) => void,
  ): void;
  context(): { newCDPSession(page: Page): Promise<{ send(method: string, params?: object): Promise<unknown> }> };
  close(): Promise<void>;
}

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly timezoneId?: string;
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

export interface Browser {
  newPage(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** What is missing to run these tests, in a sentence; undefined when nothing is. */
export function missingParts(): string | undefined {
  if (!existsSync(CHROMIUM)) return `${CHROMIUM} is missing: install Chromium, or name it in CHROMIUM`;
  try {
    parts().resolve('playwright-core');
    return undefined;
  } catch {
    return 'playwright-core is missing: run "npm ci" in test/parts';
  }
}

export async function openBrowser(): Promise<Browser> {
  const { chromium } = parts()('playwright-core') as {
    chromium: { launch(options: object): Promise<Browser> };
  };
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

function parts(): NodeJS.Require {
  return createRequire(new URL('../parts/package.json', import.meta.url));
}
