// Runs the page's tests against a server that is running already: `node scripts/run.mjs test/page/main.ts URL`.
import { missingParts } from './browser.ts';
import { run } from './page.e2e.ts';

const url = process.argv[2]?.replace(/\/$/, '');
if (url === undefined) throw new Error('usage: node scripts/run.mjs test/page/main.ts URL');
const missing = missingParts();
if (missing !== undefined) throw new Error(missing);
const failed = await run({
  url,
  report: (name, error) =>
    process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name}${error ? `\n     ${error.message}` : ''}\n`),
});
process.exitCode = failed === 0 ? 0 : 1;
