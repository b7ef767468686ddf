// `npm run e2e [-- --only NAME…]`: the product against real parts. Each suite says what it needs; what is missing is
// installed or built when it can be, else named loudly: skipped on a user's machine, a failure under CI=true.
// `npm run e2e -- --faults [--only F3…] [--seed N…] [--write]`: the faults alone, with three new seeds unless told which;
// `--long` lets each last as long as its target says, which a build does not wait for; `--write` does so too, and puts what was
// seen into docs/reliability.md.
// `npm run e2e -- --soak [--for 1h] [--seed N]`: the roles under load for that long, with faults at random.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Report, SUITES, type Suite } from './e2e/suites.ts';
import { FAULTS } from './faults/faults.ts';
import { LEADERS_NEED } from './faults/leaders.ts';
import { runFaults, writeTable } from './faults/run-faults.ts';
import { runSoak } from './faults/soak.ts';
import { missingParts as missingBrowser } from './page/browser.ts';
import { buildParts } from './parts/build.ts';
import { PARTS } from './parts/catalogue.ts';
import { missingParts } from './parts/missing.ts';

const inCi = process.env.CI === 'true';
let passed = 0;
let failed = 0;
let skipped = 0;

function report(name: string, error?: Error): void {
  if (error === undefined) passed++;
  else failed++;
  const told = error === undefined ? '' : `\n     ${error.stack ?? error.message}`;
  process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name}${told}\n`);
}

/** Two suites run side by side: each line says which one it is of. */
function reportOf({ name: suite }: Suite): Report {
  return (name, error) => report(name.startsWith(`${suite}: `) ? name : `${suite}: ${name}`, error);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Node packages that only these tests need, from their own lockfile. */
function installPackages(): void {
  say('installing test/parts (npm ci) …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(new URL('parts', import.meta.url)),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

/** What is missing after all that can be got has been got, in a sentence. */
async function missingFor({ needs = [], browser = false }: Suite): Promise<string | undefined> {
  if (browser && missingBrowser()?.includes('npm ci') === true) installPackages();
  const missing = browser ? missingBrowser() : undefined;
  if (missing !== undefined) return missing;
  const toBuild = needs.filter((name) => PARTS[name].from === 'go' && missingParts([name]) !== undefined);
  // Minutes of a user's machine are the user's to give; CI gives them.
  if (inCi && toBuild.length > 0) await buildParts(toBuild, say);
  return missingParts(needs);
}

let preparing: Promise<unknown> = Promise.resolve();

/** One after the other: two suites that need the same part must not both build it. */
function prepare(suite: Suite): Promise<string | undefined> {
  const mine = preparing.then(() => missingFor(suite)).catch((error: Error) => error.message);
  preparing = mine;
  return mine;
}

async function runSuite(suite: Suite): Promise<void> {
  say(`--- ${suite.name} begins`);
  const report = reportOf(suite);
  const beganMs = performance.now();
  const missing = await prepare(suite);
  if (missing !== undefined) {
    say(`*** ${suite.name}: ${missing}`);
    if (inCi) report('its parts are there', new Error(missing));
    else skipped++;
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-e2e-'));
  try {
    await suite.run({ folder, report });
  } catch (error) {
    report('it ran to its end', error as Error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say(`--- ${suite.name} took ${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    faults: { type: 'boolean', default: false },
    seed: { type: 'string', multiple: true },
    write: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    for: { type: 'string', default: '1h' },
  },
});

/** Those that were asked for, in their order. Ends the process when there is none of a name. */
function chosen<T>(all: readonly T[], nameOf: (one: T) => string, what: string): readonly T[] {
  const names = all.map(nameOf);
  const wanted = values.only ?? names;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length === 0) return all.filter((one) => wanted.includes(nameOf(one)));
  say(`there is no ${what} ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(64);
}

function chosenSeeds(): readonly number[] {
  const seeds = values.seed?.map(Number) ?? Array.from({ length: 3 }, () => randomInt(1_000_000));
  if (seeds.every((seed) => Number.isSafeInteger(seed))) return seeds;
  say('--seed: expected whole numbers');
  process.exit(64);
}

async function runChosenFaults(): Promise<void> {
  const faults = chosen(FAULTS, ({ id }) => id, 'fault');
  const needs = [...new Set(faults.flatMap((fault) => fault.needs))];
  const missing = missingParts(needs);
  if (missing !== undefined) {
    report('its parts are there', new Error(missing));
    return;
  }
  const runs = await runFaults({ faults, seeds: chosenSeeds(), long: values.long || values.write, say, report });
  if (values.write) await writeTable(runs);
}

async function soak(): Promise<void> {
  const [, count = '', unit = ''] = /^(\d+)(m|h)$/.exec(values.for) ?? [];
  const forMs = Number(count) * (unit === 'h' ? 3_600_000 : 60_000);
  if (!(forMs > 0)) {
    say('--for: expected minutes or hours, such as 20m or 1h');
    process.exit(64);
  }
  const missing = missingParts(LEADERS_NEED);
  if (missing !== undefined) return report('its parts are there', new Error(missing));
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-soak-'));
  try {
    await runSoak({ forMs, seed: chosenSeeds()[0] ?? 1, folder, say, report });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Most of their time is waiting. Those that have lanes of their own come last. */
const LANES = 2;

async function runChosenSuites(): Promise<void> {
  const suites = chosen(SUITES, ({ name }) => name, 'suite');
  const waiting = suites.filter(({ alone = false }) => !alone);
  const lane = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) await runSuite(suite);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const suite of suites) if (suite.alone === true) await runSuite(suite);
}

if (values.soak) await soak();
else await (values.faults ? runChosenFaults() : runChosenSuites());
say(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} suites skipped`}`);
// Node 26 has been seen to spin for ever while it takes down what children and sockets have left: nothing is left to do here.
process.stdout.write('', () => process.exit(failed === 0 ? 0 : 1));
