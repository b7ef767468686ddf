// Keeper, operators and analysers as processes, under the accounts and rights of install.yaml and with mutual TLS: nothing that was
// acknowledged is lost or doubled whoever is ended, killed or added; the rights are what is called, and no more; and what was
// installed goes without a trace. One cluster for all of it, because some of it takes minutes that the rest can use.
import { join } from 'node:path';
import type { ControlPlane } from '../parts/control-plane.ts';
import { historyOf, scrapeConfig, startExporter } from './exporter.ts';
import { installWithoutWebhooks } from './install-manifest.ts';
import { installPodMonitors } from './pod-monitors.ts';
import { ANALYSER_TESTS } from './roles/analysers.ts';
import { KEEPER_TESTS } from './roles/keeper.ts';
import { loadOf } from './roles/load.ts';
import { createRoles } from './roles/processes.ts';
import { startPrometheusInCluster } from './roles/prometheus-in-cluster.ts';
import { removalTests } from './roles/removal.ts';
import { restartTests } from './roles/restarts.ts';
import { installByRun, RIGHTS_TESTS, UNUSUAL_TESTS } from './roles/rights.ts';
import type { Session } from './roles/session.ts';
import { createThirdMinute } from './roles/third-minute.ts';
import { measure, openShop } from './shop.ts';

export interface RolesSuite {
  /** With `audit` and `simulate`. Nothing of Tidewatch may be installed in it. */
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const HOUR = 3_600_000;

/** They build on each other. The third analyser's minutes begin with the first ones and are filled by the next. */
const inOrder = () => ({
  ...KEEPER_TESTS,
  ...UNUSUAL_TESTS,
  ...ANALYSER_TESTS,
  ...restartTests(),
  ...RIGHTS_TESTS,
  ...removalTests(),
});

export async function run({ plane, folder, report }: RolesSuite): Promise<void> {
  const pods = await openShop(plane);
  const measured = [...measure(pods), ...loadOf(pods)];
  const exporter = await startExporter();
  exporter.expose(measured);
  const endMs = Date.now();
  const prometheus = await startPrometheusInCluster(plane, {
    folder: join(folder, 'prometheus'),
    config: scrapeConfig(exporter.address),
    series: historyOf(measured, exporter.address, endMs - HOUR, endMs, 15_000),
  });
  try {
    await installByRun(plane, folder);
    await plane.kubectl(['apply', '-f', '-'], await installWithoutWebhooks());
    const podMonitors = installPodMonitors(plane);
    podMonitors.catch(() => undefined);
    const roles = await createRoles(plane, folder);
    const pod = pods.find((name) => name.startsWith('cart')) ?? '';
    const session = { plane, folder, roles, prometheus, pod, podMonitors, thirdMinute: createThirdMinute() };
    await runInOrder(session, report).finally(() => roles.stop());
  } finally {
    await prometheus.stop();
    await exporter.stop();
  }
}

async function runInOrder(session: Session, report: RolesSuite['report']): Promise<void> {
  for (const [name, test] of Object.entries(inOrder())) {
    try {
      const note = await test(session);
      report(`roles: ${name}${typeof note === 'string' ? ` (${note})` : ''}`);
    } catch (error) {
      report(`roles: ${name}`, new Error(`${(error as Error).message}\n${session.roles.said()}`));
    }
  }
}
