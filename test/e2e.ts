// `npm run e2e`: the product against real parts. Each suite says what it needs; what is missing is installed when it is
// an npm package, else named loudly: skipped on a user's machine, a failure under CI=true.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProduct } from './fixtures/product.ts';
import { missingParts } from './page/browser.ts';
import { run as runPage } from './page/page.e2e.ts';

const inCi = process.env.CI === 'true';
let passed = 0;
let failed = 0;
let skipped = 0;

function report(name: string, error?: Error): void {
  if (error === undefined) passed++;
  else failed++;
  process.stdout.write(
    `${error === undefined ? 'ok  ' : 'FAIL'} ${name}${error === undefined ? '' : `\n     ${error.stack ?? error.message}`}\n`,
  );
}

/** Node packages that only these tests need, from their own lockfile. */
function installParts(): void {
  const folder = fileURLToPath(new URL('parts', import.meta.url));
  process.stdout.write('installing test/parts (npm ci) …\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

async function pageSuite(): Promise<void> {
  if (missingParts()?.includes('npm ci') === true) installParts();
  const missing = missingParts();
  if (missing !== undefined) {
    process.stdout.write(`\n*** page: ${missing}\n\n`);
    if (inCi) report('page: its parts are there', new Error(missing));
    else skipped++;
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-e2e-'));
  const product = await startProduct(['--data', folder, '--port', '0']);
  try {
    await runPage({ url: product.url, report });
  } finally {
    await product.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await pageSuite().catch((error: Error) => report('page suite', error));
process.stdout.write(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} suites skipped`}\n`);
process.exitCode = failed === 0 ? 0 : 1;
