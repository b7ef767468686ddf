// The folder that a Secret of certificates is mounted at, looked at again and again: the kubelet swaps what is in it while the
// process runs. What cannot be used is told, counted, and never taken: the process goes on with what it has.
import { X509Certificate } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificates, checkCertificates } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

export interface CertificateFolder extends Certificates {
  onChange(listener: () => void): () => void;
  /** Looks once; after `start` it does so by itself. */
  look(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  readonly stats: { readonly endMs: number; readonly reloads: number; readonly failures: number };
}

export interface FolderDeps {
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 1000;

type Files = Pick<Certificates, 'cert' | 'key' | 'ca'>;

/** Rejects with `bad-config` where there is no folder. */
export async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new AppError('bad-config', `${folder} is no folder: --tls needs one with tls.crt, tls.key and ca.crt`);
}

/** What lies there now. Rejects with `bad-config`, whose sentence says what is missing or wrong. */
export async function readFolder(folder: string): Promise<Files> {
  const files = await readFiles(folder);
  checkCertificates(files, `the certificate in ${folder}`);
  return files;
}

async function readFiles(folder: string): Promise<Files> {
  // The kubelet's files are links into a folder that is swapped as a whole: all three are to be of the same one.
  const at = await realpath(join(folder, '..data')).catch(() => folder);
  const read = async (name: string): Promise<string> => {
    try {
      return await readFile(join(at, name), 'utf8');
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
      throw new AppError('bad-config', `${join(folder, name)} ${why}`, { cause });
    }
  };
  return { cert: await read('tls.crt'), key: await read('tls.key'), ca: await read('ca.crt') };
}

/** `files`: as they were read first. */
export function watchFolder(folder: string, files: Files, { clock, log }: FolderDeps): CertificateFolder {
  const listeners = new Set<() => void>();
  const stopping = new AbortController();
  const stats = { endMs: endOf(files), reloads: 0, failures: 0 };
  let running: Promise<void> | undefined;
  let now = files;
  let told = '';
  let warned = '';
  const look = async () => {
    try {
      const found = await readFiles(folder);
      const isSame = found.cert === now.cert && found.key === now.key && found.ca === now.ca;
      if (!isSame) checkCertificates(found, `the certificate in ${folder}`);
      told = '';
      if (isSame) return;
      now = found;
      stats.endMs = endOf(found);
      stats.reloads++;
      log.info({ folder, ends: new Date(stats.endMs).toISOString() }, 'took new certificates');
      for (const listener of listeners) listener();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message === told) return;
      told = message;
      stats.failures++;
      log.warn({ err: error }, 'new certificates cannot be used: going on with those from before');
    }
  };
  const warn = () => {
    if (warned === now.cert || stats.endMs - clock.nowMs() > lifeOf(now) / 5) return;
    warned = now.cert;
    log.warn(
      { folder, ends: new Date(stats.endMs).toISOString() },
      'the certificate ends soon, and no new one has come',
    );
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await look();
      warn();
      await clock.sleep(EVERY_MS, stopping.signal);
    }
  };
  return {
    get cert() {
      return now.cert;
    },
    get key() {
      return now.key;
    },
    get ca() {
      return now.ca;
    },
    ...{ look, stats },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function endOf({ cert }: Files): number {
  return new X509Certificate(cert).validToDate.getTime();
}

function lifeOf({ cert }: Files): number {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return validToDate.getTime() - validFromDate.getTime();
}
