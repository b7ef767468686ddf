// Options of those who have a store: where what it takes is sent on to. Secrets come in files, never in arguments.
import { InvalidArgumentError, Option } from 'commander';

export interface RemoteWriteFlags {
  readonly remoteWrite?: string;
  readonly remoteWriteVersion?: '1' | '2';
  readonly remoteWriteTokenFile?: string;
  readonly remoteWriteUserFile?: string;
  readonly remoteWriteHeader?: Readonly<Record<string, string>>;
}

export function remoteWriteOptions(): Option[] {
  return [
    new Option(
      '--remote-write <url>',
      'send scores and findings on to a receiver of Prometheus remote write, such as http://victoria-metrics:8428/api/v1/write',
    ).env('TIDEWATCH_REMOTE_WRITE'),
    new Option('--remote-write-version <n>', 'of the protocol (default: 2, and 1 where the receiver knows no other)')
      .choices(['1', '2'])
      .env('TIDEWATCH_REMOTE_WRITE_VERSION'),
    new Option('--remote-write-token-file <file>', 'a bearer token for it').env('TIDEWATCH_REMOTE_WRITE_TOKEN_FILE'),
    new Option('--remote-write-user-file <file>', 'user:password for it, in place of a token')
      .conflicts('remoteWriteTokenFile')
      .env('TIDEWATCH_REMOTE_WRITE_USER_FILE'),
    new Option(
      '--remote-write-header <name=value>',
      'sent with each request, such as X-Scope-OrgID=shop; nothing secret; may be repeated',
    ).argParser(parseHeader),
  ];
}

const HEADER = /^([A-Za-z0-9-]+)=([\x21-\x7e]+)$/;
const OURS = /^(authorization|content-.*|host|user-agent|x-prometheus-remote-write-version)$/i;

function parseHeader(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = HEADER.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('name=value, as X-Scope-OrgID=shop.');
  if (OURS.test(name)) throw new InvalidArgumentError(`${name} is not to be set here.`);
  return { ...before, [name]: value };
}
