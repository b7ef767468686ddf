// `tidewatch certificates`: what an installation needs for mutual TLS between its roles.
import { Command, InvalidArgumentError } from 'commander';

interface CertificateFlags {
  readonly namespace: string;
  readonly days: number;
}

export function certificatesCommand(): Command {
  return new Command('certificates')
    .summary('the Secrets for mutual TLS between roles')
    .description(
      'Makes an authority for one installation, throws its key away, and prints a Secret with a certificate for each role. They hold private keys: pipe them, do not keep them.',
    )
    .option('--namespace <name>', 'where Tidewatch is installed', 'tidewatch-system')
    .option('--days <n>', 'how long they are good for', parseDays, 365)
    .addHelpText(
      'after',
      `
Examples:
  kubectl apply -f deploy/manifests/install.yaml
  tidewatch certificates | kubectl apply -f -                   the first time
  tidewatch certificates | kubectl apply -f - && kubectl rollout restart -n tidewatch-system sts,deploy    to renew them`,
    )
    .action(async ({ namespace, days }: CertificateFlags) => {
      const { makeCertificates, secretObjects } = await import('./manifests/certificates.ts');
      const { toYaml } = await import('./manifests/yaml-text.ts');
      const made = await makeCertificates({ namespace, days, nowMs: Date.now() });
      process.stdout.write(toYaml(secretObjects(namespace, made)));
    });
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new InvalidArgumentError('a whole number from 1 to 3650.');
  return days;
}
