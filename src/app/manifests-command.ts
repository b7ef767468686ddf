// `tidewatch manifests`: prints everything that an installation in a cluster consists of, for `kubectl apply -f -`. What
// to do next goes to standard error, so that it is seen beside a pipe.
import { Command } from 'commander';
import { DEFAULT_GROUP } from '#model/api-group.ts';
import type { ManifestOptions } from './manifests/options.ts';
import { version } from './version.ts';

interface Flags {
  readonly image?: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly prometheus?: string;
  readonly remoteWrite?: string;
  readonly remoteWriteSecret?: string;
  readonly alertmanager?: string;
  readonly webhook?: string;
  readonly scrape: boolean;
  readonly withoutCrd: boolean;
  readonly withoutCertificates: boolean;
}

export function manifestsCommand(): Command {
  return new Command('manifests')
    .summary('print what installs Tidewatch in a cluster')
    .description(
      'Prints the manifests of an installation: keeper, operator, analysers, admission, their accounts and rights.',
    )
    .option('--image <image>', 'image that the pods run (default: tidewatch:VERSION)')
    .option('--namespace <name>', 'namespace to run in (default: tidewatch-system)')
    .option('--group <domain>', `API group of the resources (default: ${DEFAULT_GROUP})`)
    .option('--prometheus <url>', 'address as the pods see it (default: found by itself)')
    .option('--remote-write <url>', 'where the keeper sends scores on to, as its pod sees it')
    .option('--remote-write-secret <name>', 'a Secret of the namespace with a bearer token for it, in the key "token"')
    .option('--alertmanager <url>', 'whom the keeper tells what detectors alert on, as its pod sees it')
    .option('--webhook <url>', 'the same for any web server that takes the body of an Alertmanager’s webhook')
    .option('--scrape', 'the operator scrapes the pods of declared detectors, and may reach every pod', false)
    .option('--without-crd', 'leave the definition of AnomalyDetector out', false)
    .option('--without-certificates', 'make none: the Secrets tidewatch-tls-ROLE are filled by you', false)
    .addHelpText(
      'after',
      `
Examples:
  tidewatch manifests --image registry.example.org/tidewatch:1 | kubectl apply -f -
  tidewatch manifests --prometheus http://prometheus.monitoring.svc:9090 > tidewatch.yaml`,
    )
    .action(async (flags: Flags) => {
      const [{ defaultOptions }, { installNotes, installText }] = await Promise.all([
        import('./manifests/options.ts'),
        import('./manifests/install.ts'),
      ]);
      const options = chosen(flags, defaultOptions(version()));
      const text = installText(options);
      process.stderr.write(`${installNotes(options).join('\n')}\n`);
      process.stdout.write(text);
    });
}

function chosen({ withoutCrd, withoutCertificates, ...named }: Flags, defaults: ManifestOptions): ManifestOptions {
  return { ...defaults, ...named, withCrd: !withoutCrd, withCertificates: !withoutCertificates };
}
