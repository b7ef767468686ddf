// `tidewatch migrate`: has what is stored in an old version stored in the newest. What it does is in migrate.ts, loaded when it is
// asked for.
import { Command, Option } from 'commander';
import { DEFAULT_GROUP } from '#model/api-group.ts';
import { groupOption } from './common-options.ts';

export interface MigrateFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly group: string;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .summary('store all detectors in the newest version')
    .description(
      'Has every detector that a cluster keeps written again without a change, so that the API server stores it in the newest version, and then takes the old version out of the list of stored ones. Needs rights to list and patch detectors and to patch the status of their definition. May be broken off and begun anew.',
    )
    .addOption(new Option('--kubeconfig <file>', 'as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one')
    .addOption(groupOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch migrate
  kubectl get crd anomalydetectors.${DEFAULT_GROUP} -o jsonpath='{.status.storedVersions}'`,
    )
    .action(async (flags: MigrateFlags) => (await import('./migrate.ts')).migrate(flags));
}
