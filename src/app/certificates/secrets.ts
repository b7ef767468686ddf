// The Secrets that certificates live in: one for each role, and one for the authorities with their keys, which no other
// account may read. They are made by the manifests, empty; this only reads and updates them, each update with the version
// that was read.
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { AUTHORITY_SECRET, tlsSecretOf } from '../manifests/roles.ts';
import { TLS_ROLES, type TlsRole } from './issue.ts';

export type Files = Readonly<Record<string, string>>;

/** As it was read. */
export interface Secret {
  readonly files: Files;
  readonly object: SecretObject;
}

interface SecretObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  /** In base64. */
  readonly data?: Readonly<Record<string, string>> | null;
}

export interface Secrets {
  readonly authority: Secret;
  readonly roles: Readonly<Record<TlsRole, Secret>>;
}

export interface SecretStore {
  read(signal?: AbortSignal): Promise<Secrets>;
  /** With these files and no others. Rejects with 409 where somebody has written since it was read. */
  write(secret: Secret, files: Files, signal?: AbortSignal): Promise<void>;
}

export function createSecretStore(client: KubeClient, namespace: string): SecretStore {
  const get = async (name: string, signal?: AbortSignal): Promise<Secret> => {
    const request = signal === undefined ? {} : { signal };
    const object = await client.request<SecretObject>(CALLS.getSecret, { namespace, name }, request);
    const files = Object.entries(object.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    return { files: Object.fromEntries(files), object };
  };
  return {
    async read(signal) {
      const roles = await Promise.all(
        TLS_ROLES.map(async (role) => [role, await get(tlsSecretOf(role), signal)] as const),
      );
      // After the roles: whoever changes authorities writes the roles afterwards, so that what follows from older authorities
      // than a role has already heard of is refused.
      const authority = await get(AUTHORITY_SECRET, signal);
      return { authority, roles: Object.fromEntries(roles) as Record<TlsRole, Secret> };
    },
    async write({ object }, files, signal) {
      const data = Object.entries(files).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
      const body = { ...object, data: Object.fromEntries(data) };
      const { name } = object.metadata;
      await client.request(
        CALLS.updateSecret,
        { namespace, name },
        { body, ...(signal === undefined ? {} : { signal }) },
      );
    },
  };
}
