// Kubeconfigs and static tokens: who speaks to the control plane, and how it knows them.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

export interface Access {
  readonly url: string;
  /** The certificates to trust, in PEM. */
  readonly ca: string;
  readonly token: string;
  readonly namespace?: string;
}

/** Writes a kubeconfig that only its owner may read, and gives its path. It is JSON, which is YAML, too. */
export async function writeKubeconfig(path: string, { url, ca, token, namespace }: Access): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      { name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [
      { name: 'test', context: { cluster: 'test', user: 'test', ...(namespace === undefined ? {} : { namespace }) } },
    ],
  };
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  return path;
}

export interface StaticUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
}

export function makeUser(name: string, groups: readonly string[] = []): StaticUser {
  return { name, groups, token: randomBytes(24).toString('hex') };
}

/** The file for `--token-auth-file`. */
export function tokenFile(users: readonly StaticUser[]): string {
  return users.map(({ name, groups, token }) => `${token},${name},${name},"${groups.join(',')}"\n`).join('');
}
