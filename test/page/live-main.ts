// Runs the tests of the live page alone: `node scripts/run.mjs test/page/live-main.ts [FOLDER FOR PICTURES]`.

import { buildPage } from '../../src/app/build-page.ts';
import { createProgress } from '../../src/app/progress.ts';
import { missingParts } from './browser.ts';
import { run } from './live.e2e.ts';

const missing = missingParts();
if (missing !== undefined) throw new Error(missing);
const pictures = process.argv[2];
await buildPage(createProgress(process.stdout));
const failed = await run({
  ...(pictures === undefined ? {} : { pictures }),
  report: (name, error) =>
    process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name}${error ? `\n     ${error.message}` : ''}\n`),
});
process.exitCode = failed === 0 ? 0 : 1;
