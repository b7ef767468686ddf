// Pictures of every page at the width of a phone, a laptop and a wall display, light and dark, in both languages:
// `node scripts/run.mjs test/page/pictures.ts URL FOLDER`. For the eye; nothing is compared.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser } from './browser.ts';

const SIZES = [
  { width: 400, height: 850 },
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
];
const THEMES = ['light', 'dark'] as const;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;

export async function takePictures(url: string, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  let taken = 0;
  try {
    const paths = await pathsOf(url);
    for (const [language, locale] of Object.entries(LOCALES)) {
      for (const colorScheme of THEMES) {
        for (const viewport of SIZES) {
          const page = await browser.newPage({
            viewport,
            colorScheme,
            locale,
            timezoneId: 'UTC',
            reducedMotion: 'reduce',
          });
          for (const [name, path] of Object.entries(paths)) {
            await page.goto(`${url}${path}`);
            await page.locator('h1').waitFor();
            // Charts come in a chunk of their own and are drawn when they are laid out.
            await page.waitForTimeout(900);
            const file = `${name}-${viewport.width}-${colorScheme}-${language}.png`;
            await page.screenshot({ path: join(folder, file), fullPage: true });
            taken++;
          }
          await page.close();
        }
      }
    }
  } finally {
    await browser.close();
  }
  return taken;
}

/** One of each page; the service and the finding are those of the worst finding there is. */
async function pathsOf(url: string): Promise<Record<string, string>> {
  const reply = await fetch(`${url}/api/findings?order=worst&limit=1`);
  const { findings } = (await reply.json()) as {
    findings: {
      id: string;
      service: string;
      detector: string;
      entity: { namespace: string };
      peak: { series: string };
    }[];
  };
  const worst = findings[0];
  const paths: Record<string, string> = {
    overview: '/',
    findings: '/findings',
    'answer-key': '/answer-key',
    'not-found': '/no/such/page',
    examples: '/examples',
    backtest: '/backtest',
  };
  if (worst !== undefined) {
    paths.service = `/service/${worst.entity.namespace}/${worst.service}`;
    paths.finding = `/findings/${worst.id}`;
    paths['backtest-of'] = `/backtest?series=${encodeURIComponent(`${worst.detector}|${worst.peak.series}`)}`;
  }
  return paths;
}

if (import.meta.main) {
  const [url, folder] = process.argv.slice(2);
  if (url === undefined || folder === undefined)
    throw new Error('usage: node scripts/run.mjs test/page/pictures.ts URL FOLDER');
  process.stdout.write(`${await takePictures(url.replace(/\/$/, ''), folder)} pictures in ${folder}\n`);
}
