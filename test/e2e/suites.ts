// The end-to-end suites, in the order in which they run, with what each needs.
import { join } from 'node:path';
import { run as runAdmission } from '../cluster/admission.e2e.ts';
import { run as runAlerts } from '../cluster/alerts.e2e.ts';
import { run as runBacktest } from '../cluster/backtest.e2e.ts';
import { run as runBadInput } from '../cluster/bad-input.e2e.ts';
import { run as runCertificates } from '../cluster/certificates.e2e.ts';
import { run as runChaos } from '../cluster/chaos.e2e.ts';
import { run as runCosts } from '../cluster/costs.e2e.ts';
import { run as runDenominator } from '../cluster/denominator.e2e.ts';
import { run as runDockerfile } from '../cluster/dockerfile.e2e.ts';
import { run as runFilled } from '../cluster/filled.e2e.ts';
import { run as runGrpc } from '../cluster/grpc.e2e.ts';
import { run as runKube } from '../cluster/kube.e2e.ts';
import { run as runKubectlValidate } from '../cluster/kubectl-validate.e2e.ts';
import { run as runLive } from '../cluster/live.e2e.ts';
import { run as runManifests } from '../cluster/manifests.e2e.ts';
import { run as runPrometheus } from '../cluster/prometheus.e2e.ts';
import { run as runReadyMade } from '../cluster/ready-made.e2e.ts';
import { run as runRecord } from '../cluster/record.e2e.ts';
import { run as runRemoteWrite } from '../cluster/remote-write.e2e.ts';
import { run as runRoles } from '../cluster/roles.e2e.ts';
import { run as runRules } from '../cluster/rules.e2e.ts';
import { run as runScrape } from '../cluster/scrape.e2e.ts';
import { run as runVerdicts } from '../cluster/verdicts.e2e.ts';
import { FAULTS } from '../faults/faults.ts';
import { runFaults } from '../faults/run-faults.ts';
import { startProduct } from '../fixtures/product.ts';
import { run as runBacktestPage } from '../page/backtest.e2e.ts';
import { run as runBacktestReport } from '../page/backtest-report.e2e.ts';
import { run as runLivePage } from '../page/live.e2e.ts';
import { run as runPage } from '../page/page.e2e.ts';
import type { PartName } from '../parts/catalogue.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../parts/control-plane.ts';

export type Report = (name: string, error?: Error) => void;

export interface SuiteContext {
  /** Removed afterwards. */
  readonly folder: string;
  readonly report: Report;
}

export interface Suite {
  readonly name: string;
  readonly needs?: readonly PartName[];
  readonly browser?: boolean;
  /** No other suite runs beside it. */
  readonly alone?: boolean;
  run(context: SuiteContext): Promise<unknown>;
}

const PLANE: readonly PartName[] = ['kube-apiserver', 'etcd', 'kubectl'];
const SIMULATED: readonly PartName[] = [...PLANE, 'kube-controller-manager', 'kube-scheduler', 'kwok'];

async function withPlane(
  { folder }: SuiteContext,
  options: Omit<ControlPlaneOptions, 'folder'>,
  body: (plane: ControlPlane) => Promise<unknown>,
): Promise<void> {
  const plane = await startControlPlane({ folder: join(folder, 'plane'), ...options });
  try {
    await body(plane);
  } finally {
    await plane.stop();
  }
}

/** The longest first, so that at the end no lane waits for another. */
export const SUITES: readonly Suite[] = [
  {
    name: 'roles',
    needs: [...SIMULATED, 'prometheus'],
    run: (context) => withPlane(context, { simulate: true, audit: true }, (plane) => runRoles({ plane, ...context })),
  },
  {
    name: 'record',
    needs: [...SIMULATED, 'prometheus'],
    run: (context) => withPlane(context, { simulate: true }, (plane) => runRecord({ plane, ...context })),
  },
  {
    name: 'bad-input',
    needs: [...PLANE, 'prometheus'],
    run: (context) => withPlane(context, {}, (plane) => runBadInput({ plane, ...context })),
  },
  {
    name: 'page',
    browser: true,
    async run({ folder, report }) {
      const product = await startProduct(['--data', folder, '--port', '0']);
      try {
        await runPage({ url: product.url, report });
      } finally {
        await product.stop();
      }
    },
  },
  { name: 'live-page', browser: true, run: runLivePage },
  { name: 'backtest-report', browser: true, run: runBacktestReport },
  // Alone: it looks whether frames are drawn while a slow method works.
  { name: 'backtest-page', browser: true, alone: true, run: runBacktestPage },
  {
    name: 'kube',
    needs: SIMULATED,
    run: (context) => withPlane(context, { simulate: true }, (plane) => runKube({ plane, report: context.report })),
  },
  {
    name: 'manifests',
    needs: SIMULATED,
    run: (context) =>
      withPlane(context, { simulate: true }, (plane) => runManifests({ plane, report: context.report })),
  },
  {
    name: 'verdicts',
    needs: PLANE,
    run: (context) => withPlane(context, {}, (plane) => runVerdicts({ plane, report: context.report })),
  },
  { name: 'kubectl-validate', needs: ['kubectl-validate'], run: runKubectlValidate },
  {
    name: 'certificates',
    // Its certificates live for seconds: beside another suite they would end before they are renewed.
    alone: true,
    needs: SIMULATED,
    run: (context) =>
      withPlane(context, { simulate: true, audit: true }, (plane) => runCertificates({ plane, ...context })),
  },
  {
    name: 'admission',
    // As those of `certificates`, its certificates live for seconds.
    alone: true,
    needs: PLANE,
    run: (context) => withPlane(context, { audit: true }, (plane) => runAdmission({ plane, ...context })),
  },
  {
    name: 'chaos',
    needs: [...PLANE, 'chaos-mesh'],
    run: (context) => withPlane(context, {}, (plane) => runChaos({ plane, ...context })),
  },
  { name: 'prometheus', needs: ['prometheus', 'prometheus-3'], run: runPrometheus },
  { name: 'rules', needs: ['prometheus', 'prometheus-3'], run: runRules },
  { name: 'backtest', needs: ['prometheus', 'prometheus-3'], run: runBacktest },
  { name: 'denominator', needs: ['prometheus'], run: runDenominator },
  { name: 'remote-write', needs: ['prometheus', 'prometheus-3', 'victoria-metrics'], run: runRemoteWrite },
  { name: 'alerts', needs: ['prometheus-alertmanager'], run: runAlerts },
  { name: 'grpc', run: runGrpc },
  {
    name: 'live',
    needs: [...SIMULATED, 'prometheus'],
    run: (context) => withPlane(context, { simulate: true }, (plane) => runLive({ plane, ...context })),
  },
  {
    name: 'scrape',
    needs: SIMULATED,
    run: (context) => withPlane(context, { simulate: true }, (plane) => runScrape({ plane, ...context })),
  },
  {
    name: 'ready-made',
    needs: [...SIMULATED, 'prometheus', 'prometheus-3', 'prometheus-node-exporter', 'kube-state-metrics'],
    run: (context) => withPlane(context, { simulate: true }, (plane) => runReadyMade({ plane, ...context })),
  },
  {
    name: 'filled',
    browser: true,
    needs: [...SIMULATED, 'prometheus'],
    run: (context) => withPlane(context, { simulate: true }, (plane) => runFilled({ plane, ...context })),
  },
  {
    name: 'costs',
    needs: [...PLANE, 'prometheus'],
    run: (context) => withPlane(context, {}, (plane) => runCosts({ plane, ...context })),
  },
  {
    name: 'faults',
    alone: true,
    needs: [...new Set(FAULTS.flatMap(({ needs }) => needs))],
    // The same each time: `--faults` tries new seeds.
    run: ({ report }) => runFaults({ faults: FAULTS, seeds: [1], report, say: (line) => console.log(line) }),
  },
  { name: 'dockerfile', run: runDockerfile },
];
