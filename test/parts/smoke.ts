// `node scripts/run.mjs test/parts/smoke.ts`: whether the real parts do together what the end-to-end tests ask of
// them. Prints each step with its time, the memory of each process, and the sum. VictoriaMetrics and Prometheus 3 are
// looked at when they are built; when anything else is missing, it says what and fails.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from './control-plane.ts';
import { missingParts } from './missing.ts';
import { startPrometheus } from './prometheus.ts';
import { checkCluster } from './smoke/cluster.ts';
import { checkMetrics } from './smoke/metrics.ts';
import { makeReport } from './smoke/report.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

const CLUSTER = ['kube-apiserver', 'etcd', 'kubectl', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
const report = makeReport((line) => process.stdout.write(`${line}\n`));

async function checkEverything(folder: string): Promise<void> {
  const plane = await report.step('the control plane starts, with 3 simulated nodes', () =>
    startControlPlane({ folder: join(folder, 'cluster'), audit: true, simulate: true }),
  );
  try {
    await checkCluster(plane, report);
    await report.memory([plane.etcd, plane.apiServer, ...Object.values(plane.simulation ?? {})]);
  } finally {
    await report.step('the control plane stops', () => plane.stop());
  }
  for (const part of ['prometheus', 'prometheus-3'] as const) {
    if (part !== 'prometheus' && missingParts([part]) !== undefined) continue;
    await checkMetrics(
      part,
      (history) => startPrometheus({ folder: join(folder, part), series: [history], part }),
      report,
    );
  }
  if (missingParts(['victoria-metrics']) === undefined) {
    await checkMetrics(
      'victoria-metrics',
      (history) => startVictoriaMetrics({ folder: join(folder, 'victoria-metrics'), series: [history] }),
      report,
    );
  }
}

const missing = missingParts([...CLUSTER, 'prometheus']);
if (missing !== undefined) {
  process.stdout.write(`${missing}\n`);
  process.exitCode = 1;
} else {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-smoke-'));
  try {
    await checkEverything(folder);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\nwhat they wrote: ${folder}\n`);
    process.exitCode = 1;
  }
  process.stdout.write(`${report.sum()}\n`);
}
