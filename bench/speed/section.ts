// A part of `bench speed`: one file each, one line in speed.ts.
import { fileURLToPath } from 'node:url';
import { AppError } from '#kit/errors.ts';
import { type PythonPeer, startPython } from '../reference/python-peer.ts';
import type { Line } from './duel.ts';

export interface Context {
  /** For files that the peers read; cleared away afterwards. */
  readonly folder: string;
  /** How often each side runs. */
  readonly times: number;
  /** An interpreter with the peers; undefined: there is none, and only our side is timed. */
  readonly python?: string;
  /** Where data sets lie that do not ship. */
  readonly data?: string;
  say(line: string): void;
}

export interface Section {
  /** The rows of the targets that it measures. */
  readonly rows: readonly string[];
  /** In a few words. */
  readonly title: string;
  run(context: Context): Promise<Outcome>;
}

export interface Outcome {
  readonly lines: readonly Line[];
  /** What ran on the other side. */
  readonly versions: Readonly<Record<string, string>>;
  /** A paragraph about how it was measured. */
  readonly note?: string;
}

/** Runs `work` with the peers of the script, or without any where there is no Python. */
export async function withPeers(
  { python }: Context,
  script: string,
  args: readonly (string | number)[],
  work: (peer: PythonPeer | undefined) => Promise<Line[]>,
): Promise<Outcome> {
  if (python === undefined) return { lines: await work(undefined), versions: {} };
  const path = fileURLToPath(new URL(`../reference/${script}`, import.meta.url));
  const peer = await startPython(path, args.map(String), python).catch((cause: unknown) => {
    throw new AppError('unavailable', `${script} did not start`, { cause });
  });
  try {
    return { lines: await work(peer), versions: peer.versions };
  } finally {
    await peer.close();
  }
}
