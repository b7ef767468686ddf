// A configuration of Prometheus: core metrics often, everything else once a minute. Prometheus has one interval a job, so each
// target is scraped by two jobs: one keeps the core metrics, the other drops them. Both give their series the same labels,
// `job` too, so that nobody sees which it came from. What Prometheus itself says of a scrape (`up` …) is not relabelled, and
// would come twice: of the second it carries a label more.
import { stringify } from 'yaml';
import { CORE_METRICS } from './core-metrics.ts';
import { asJob, type Job, type JobOptions, SCRAPE_LABEL, scrapeJobs } from './jobs.ts';
import { drop, keep, set } from './relabel.ts';

export interface PrometheusConfigOptions extends JobOptions {
  readonly coreSeconds: number;
  readonly restSeconds: number;
  /** How the targets of a job are found; by Kubernetes unless told. */
  readonly discover?: (job: Job) => object;
  /** Files of a service account. */
  readonly tokenFile: string;
  readonly caFile: string;
  readonly ruleFiles: readonly string[];
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export const DEFAULT_CONFIG: PrometheusConfigOptions = {
  ...{ coreSeconds: 15, restSeconds: 60, etcdPort: 2381, ruleFiles: ['rules.yaml'] },
  ...{ tokenFile: `${ACCOUNT}/token`, caFile: `${ACCOUNT}/ca.crt` },
};

/** As Prometheus has it where nobody says otherwise. */
const MOST_TIMEOUT_SECONDS = 10;

/** Text of YAML, a comment above the two scrapes of each job. */
export function prometheusConfig(options: PrometheusConfigOptions): string {
  const { coreSeconds, restSeconds, ruleFiles } = options;
  const jobs = scrapeJobs(options);
  const global = {
    scrape_interval: `${restSeconds}s`,
    scrape_timeout: `${Math.min(coreSeconds, MOST_TIMEOUT_SECONDS)}s`,
    evaluation_interval: `${2 * coreSeconds}s`,
  };
  const head = yaml({ global, rule_files: ruleFiles });
  const parts = jobs.map((job) => {
    const two = [coreScrape(job, jobs, options), restScrape(job, jobs, options)];
    return indented(`# ${job.says}\n${yaml(two)}`);
  });
  return `${head}scrape_configs:\n${parts.join('\n')}`;
}

function coreScrape(job: Job, jobs: readonly Job[], options: PrometheusConfigOptions): object {
  return {
    ...{ job_name: `${job.name}-core`, scrape_interval: `${options.coreSeconds}s`, ...targetsOf(job, options) },
    relabel_configs: [...job.relabel, asJob(job.name)],
    metric_relabel_configs: [keep('__name__', coreOf(job, jobs).join('|'))],
  };
}

function restScrape(job: Job, jobs: readonly Job[], options: PrometheusConfigOptions): object {
  return {
    ...{ job_name: `${job.name}-rest`, scrape_interval: `${options.restSeconds}s`, ...targetsOf(job, options) },
    relabel_configs: [...job.relabel, asJob(job.name), set(SCRAPE_LABEL, 'rest')],
    metric_relabel_configs: [
      drop('__name__', coreOf(job, jobs).join('|')),
      { regex: SCRAPE_LABEL, action: 'labeldrop' },
    ],
  };
}

/** The core metrics that the targets of a job have. */
export function coreOf({ begins }: Job, jobs: readonly Job[]): readonly string[] {
  const others = jobs.flatMap((job) => job.begins ?? []);
  if (begins === undefined) return CORE_METRICS.filter((name) => !others.some((other) => name.startsWith(other)));
  return CORE_METRICS.filter((name) => name.startsWith(begins));
}

function targetsOf(job: Job, { discover, tokenFile, caFile }: PrometheusConfigOptions): object {
  return {
    ...job.more,
    ...(job.path !== undefined && { metrics_path: job.path }),
    ...(job.isSecured && {
      scheme: 'https',
      authorization: { credentials_file: tokenFile },
      tls_config: { ca_file: caFile },
    }),
    ...(discover?.(job) ?? { kubernetes_sd_configs: [{ role: job.role }] }),
  };
}

/** As Go reads it. */
function yaml(value: object): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
