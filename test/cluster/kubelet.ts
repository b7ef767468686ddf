// What a kubelet does for the pods that do not run here: the Secrets of certificates, mounted for processes that read them.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ControlPlane } from '../parts/control-plane.ts';

export const INSTALLED = 'tidewatch-system';

export type Files = Readonly<Record<string, string>>;

/** Of the installation; empty where it holds nothing yet. */
export async function readSecret(plane: ControlPlane, name: string): Promise<Files> {
  const reply = await plane.request(`/api/v1/namespaces/${INSTALLED}/secrets/tidewatch-tls-${name}`);
  const { data = {} } = JSON.parse(reply.text) as { data?: Readonly<Record<string, string>> };
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

export interface Kubelet {
  folderOf(role: string): string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Mounts the Secrets: each role's files lead through `..data`, which is swapped as a whole. */
export function createKubelet(plane: ControlPlane, folder: string, roles: readonly string[]): Kubelet {
  const stopping = new AbortController();
  const mounted = new Map<string, string>();
  let swaps = 0;
  let running: Promise<void> | undefined;
  const folderOf = (role: string) => join(folder, role);
  const mount = async (role: string, files: Files) => {
    const at = folderOf(role);
    const data = `..${swaps++}`;
    await mkdir(join(at, data), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(at, data, name), text, { mode: 0o600 });
      await symlink(join('..data', name), join(at, name)).catch(() => {});
    }
    await symlink(data, join(at, '..new'));
    await rename(join(at, '..new'), join(at, '..data'));
  };
  const look = async () => {
    for (const role of roles) {
      const files = await readSecret(plane, role).catch(() => undefined);
      const text = JSON.stringify(files);
      if (files === undefined || mounted.get(role) === text) continue;
      mounted.set(role, text);
      await mount(role, files);
    }
  };
  return {
    folderOf,
    async start() {
      for (const role of roles) await mkdir(folderOf(role), { recursive: true });
      await look();
      running = (async () => {
        while (!stopping.signal.aborted) {
          await look();
          await pause(200, undefined, { signal: stopping.signal }).catch(() => {});
        }
      })();
    },
    async stop() {
      stopping.abort();
      await running;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
