// P19 and the scale run: 10,000 declared detectors with 250,000 series on two cores. A real API server has the detectors, a
// stand-in the metrics; the operator runs its own terms and the keeper is the one that users start. Printed as the page
// docs/scale.md; `--write` writes it, `--engine` only its part on the engine alone.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#kit/errors.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { startControlPlane } from '../test/parts/control-plane.ts';
import { missingParts } from '../test/parts/missing.ts';
import { medianOf } from './measure.ts';
import { compareStore } from './scale/compare.ts';
import { measureEngines } from './scale/engine.ts';
import { createObjects } from './scale/objects.ts';
import { engineSection, scalePage, withEngineSection } from './scale/page.ts';
import { startKeeper, startOperator, startStandIn } from './scale/processes.ts';
import { runStages } from './scale/stages.ts';
import { METRICS, PODS_AN_APP, type Size } from './scale/world.ts';

/** The stages are a fifth each. */
const STEP = METRICS * 5;
const LOAD_EVERY_MS = 15_000;
const PAGE = join(SHIPPED.repository, 'docs', 'scale.md');

export const bench = {
  name: 'scale',
  summary:
    'P19: memory, lag and what is shed with many detectors: [--detectors 10000] [--series 250000] [--engine] [--write] (needs kube-apiserver, but not with --engine alone; half an hour)',
  async run(args: readonly string[]): Promise<void> {
    const { size, write, engine } = readArgs(args);
    if (engine) return await runEngines(size, write);
    const missing = missingParts(['etcd', 'kube-apiserver', 'kubectl']);
    if (missing !== undefined) throw new AppError('not-found', missing);
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-scale-'));
    const loads: number[] = [];
    const looking = setInterval(() => loads.push(loadavg()[0] ?? 0), LOAD_EVERY_MS);
    try {
      const figures = await runCluster(folder, size);
      const comparison = await compareStore(join(folder, 'keeper'), size);
      const engines = await measureEngines(size, progress);
      const machine = { load: medianOf(loads), cores: availableParallelism() };
      const page = scalePage({ size, ...figures, comparison, engines, ...machine });
      say(page);
      if (write) await writeFile(PAGE, page);
    } finally {
      clearInterval(looking);
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** That part of the page alone. */
async function runEngines(size: Size, write: boolean): Promise<void> {
  const engines = await measureEngines(size, progress);
  const section = engineSection(engines, loadavg()[0] ?? 0, availableParallelism());
  say(section);
  if (write) await writeFile(PAGE, withEngineSection(await readFile(PAGE, 'utf8'), section));
}

/** The keeper's data are left in the folder. */
async function runCluster(folder: string, size: Size) {
  await using ending = new AsyncDisposableStack();
  const plane = await startControlPlane({ folder: join(folder, 'plane') });
  ending.defer(() => plane.stop());
  await plane.kubectl(['apply', '-f', join(SHIPPED.repository, 'deploy/crds')]);
  const objects = await createObjects(plane.kubeconfig, size);
  ending.defer(() => objects.close());
  const standIn = await startStandIn(size);
  ending.defer(() => standIn.stop());
  const keeper = await startKeeper(folder);
  ending.defer(() => keeper.stop());
  const given = {
    ...{ kubeconfig: plane.kubeconfig, prometheus: standIn.url, keeper: keeper.url },
    spool: join(folder, 'spool'),
  };
  // All of it is ended when this returns.
  return await runStages({ size, objects, keeper, standIn, open: () => startOperator(given), say });
}

/** Beside what was measured, so that the page can be piped. */
function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readArgs(args: readonly string[]): { readonly size: Size; readonly write: boolean; readonly engine: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      detectors: { type: 'string', default: '10000' },
      series: { type: 'string', default: '250000' },
      engine: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const [detectors, series] = [Number(values.detectors), Number(values.series)];
  const perDetector = series / detectors;
  const isWhole = detectors > 0 && detectors % STEP === 0 && perDetector > 0 && perDetector % PODS_AN_APP === 0;
  if (isWhole) return { size: { detectors, perDetector }, write: values.write, engine: values.engine };
  throw new AppError(
    'bad-usage',
    `scale: --detectors is a multiple of ${STEP}, and --series a multiple of ${PODS_AN_APP} for each of them, as --detectors 1000 --series 25000`,
  );
}
