// F25: one namespace with ten times the detectors of all others together, on metrics that answer slowly, and one of a
// million series among them. Checks are wired as in production; what is in the cluster is made up, and Prometheus a stand-in.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dieTogether } from '../parts/orphans.ts';
import { demand, type Fault } from './contract.ts';
import type { FloodReport } from './flood-process.ts';

const MOST_GROWTH_BYTES = 400 * 2 ** 20;
const MOST_RECOVERY_MS = 120_000;

export const flood: Fault = {
  id: 'F25',
  title: 'one namespace with ten times the detectors, slow metrics and a million series',
  needs: [],
  async run({ folder, say }) {
    await using ending = new AsyncDisposableStack();
    const url = await startScript('flood-prometheus.ts', [], ending);
    const report: FloodReport = JSON.parse(await startScript('flood-process.ts', [url, join(folder, 'data')], ending));
    const { calm, flooded, detectors, recoveryMs, refused } = report;
    for (const [name, { lagMs, worstMs, peakBytes }] of Object.entries({ calm, flooded })) {
      say(`${name}: lag of the others ${lagMs} ms, worst ${worstMs} ms, memory ${mebibytes(peakBytes)} MiB`);
    }
    const growthBytes = flooded.peakBytes - calm.peakBytes;
    demand(flooded.held > 0, 'nobody was held back: the flood did not reach it');
    demand(report.failedOthers.length === 0, `checks of the others failed: ${report.failedOthers[0]}`);
    demand(
      flooded.lagMs <= 2 * calm.lagMs,
      `the others' lag is ${flooded.lagMs} ms, ${calm.lagMs} ms without the flood`,
    );
    demand(growthBytes <= MOST_GROWTH_BYTES, `memory grew by ${mebibytes(growthBytes)} MiB`);
    // JSON has no infinity: null is one that never recovered.
    demand(recoveryMs !== null && recoveryMs <= MOST_RECOVERY_MS, `it recovered after ${recoveryMs} ms`);
    demand(refused > 0 && report.shown === refused, `${refused} checks were refused, ${report.shown} are shown`);
    demand(report.refusal?.includes('million') === true, `the refusal says ${report.refusal}`);
    const { lost, doubled } = report;
    return {
      broken: `${detectors.flood} detectors on metrics that take 3 s beside ${detectors.others}, one of a million series`,
      seen: `lag of the others ${flooded.lagMs} ms (95 %), ${calm.lagMs} ms without; ${mebibytes(growthBytes)} MiB more; ${refused} checks refused and counted; recovered in ${(recoveryMs / 1000).toFixed(0)} s`,
      ...{ lost, doubled },
    };
  },
};

/** Starts a script of this folder, which ends with `ending`; resolves with its first line. */
async function startScript(name: string, args: readonly string[], ending: AsyncDisposableStack): Promise<string> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  dieTogether(child);
  const ended = once(child, 'exit');
  ending.defer(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error(`${name} ended without a word`);
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
