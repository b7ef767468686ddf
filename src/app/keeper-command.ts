// `tidewatch keeper`: the store of a cluster, behind the page on loopback and the door for the operator.
import { Command, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import { logLevelOption, retentionOption } from './common-options.ts';
import { type NotifyFlags, notifyOptions } from './notify-options.ts';
import { parsePort, parseSize } from './option-values.ts';
import { type RemoteWriteFlags, remoteWriteOptions } from './remote-write-options.ts';

export interface KeeperOptions extends RemoteWriteFlags, NotifyFlags {
  readonly data?: string;
  readonly maxSize?: number;
  readonly fresh: boolean;
  readonly pagePort: number;
  readonly appendPort: number;
  readonly host?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly tls?: string;
  /** Milliseconds. */
  readonly retention: number;
  readonly logLevel: LogLevel;
}

export function keeperCommand(): Command {
  const command = new Command('keeper')
    .summary('keep what operators find, and show it')
    .description(
      'Holds the store of a cluster: takes what the operator that leads appends, shows it on a page on loopback, and removes what is old.',
    )
    .addOption(
      new Option('--data <folder>', 'where its data lies (default: a folder in your data home)').env('TIDEWATCH_DATA'),
    )
    .addOption(
      new Option('--max-size <size>', 'the data does not grow beyond this, as 500Mi or 2Gi')
        .argParser(parseSize)
        .env('TIDEWATCH_MAX_SIZE'),
    )
    .option('--fresh', 'begin anew: what is stored is removed, even when it is damaged', false)
    .addOption(new Option('--page-port <n>', 'port of the page, on loopback').default(8080).argParser(parsePort))
    .addOption(new Option('--append-port <n>', 'port for operators').default(8443).argParser(parsePort))
    .addOption(
      new Option('--host <address>', 'where operators are heard (default: everywhere with --tls, else 127.0.0.1)'),
    )
    .addOption(new Option('--health-port <n>', 'port of /healthz, /readyz and /metrics').argParser(parsePort))
    .addOption(new Option('--health-host <address>', 'address of that port (default: all)'))
    .addOption(
      new Option('--tls <folder>', 'with tls.crt, tls.key and ca.crt: every operator must show a certificate').env(
        'TIDEWATCH_TLS',
      ),
    )
    .addOption(retentionOption());
  for (const option of [...remoteWriteOptions(), ...notifyOptions()]) command.addOption(option);
  return command
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch keeper                                    on this machine: page on 8080, operators on 8443
  tidewatch operator --keeper http://127.0.0.1:8443   … and an operator that appends to it
  tidewatch keeper --alertmanager http://am:9093 --webhook https://chat.example.org/hook
                                                      tell both what detectors alert on`,
    )
    .action(async (options: KeeperOptions) => (await import('./keeper.ts')).keep(options));
}
