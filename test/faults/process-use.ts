// What a process holds, as the kernel tells it (Linux).
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessUse {
  readonly rssBytes: number;
  readonly descriptors: number;
}

/** Rejects when it does not run. */
export async function readUse(pid: number | undefined): Promise<ProcessUse> {
  const [status, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
  ]);
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return { rssBytes: Number(kibibytes) * 1024, descriptors: descriptors.length };
}

/** How long its main thread has waited for a processor: the work of others, not its own. 0 where the kernel does not tell. */
export async function waitedForCpuMs(pid: number | undefined): Promise<number> {
  const [, waited = '0'] = (await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '')).split(' ');
  return Number(waited) / 1e6;
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
