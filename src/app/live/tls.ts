// The certificates of a role, from the folder that a Secret is mounted at.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';

/** PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Rejects with `bad-config`, which names the file that is missing. */
export async function readTls(folder: string): Promise<Tls> {
  const read = async (name: string): Promise<string> => {
    const path = join(folder, name);
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new AppError('bad-config', `${path} cannot be read: --tls needs tls.crt, tls.key and ca.crt`, { cause });
    }
  };
  return { cert: await read('tls.crt'), key: await read('tls.key'), ca: await read('ca.crt') };
}

/** Where a role listens when no address is named: everywhere once it knows who calls, else on loopback. */
export function hostFor(host: string | undefined, tls: Tls | undefined): string {
  return host ?? (tls === undefined ? '127.0.0.1' : '0.0.0.0');
}
