// The data folder of a cluster, which carries a note of which one it is: a cluster finds its own folder again whatever its
// context is called now, and what is another's is neither shown nor removed.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import type { Store } from '#store/contract.ts';
import { chosenFolder, MOST_SLUG, slug } from '../data-folder.ts';
import type { Progress } from '../progress.ts';
import { type ClusterIdentity, isSameCluster } from './cluster-identity.ts';

const NOTE = 'cluster.json';
const MOST_ID = 8;

/** The folder to use; says where an earlier version may have kept the data. Rejects when it is another cluster's. */
export async function clusterFolder(
  { chosen, home }: { readonly chosen: string | undefined; readonly home: string },
  cluster: ClusterIdentity,
  say: Progress,
): Promise<string> {
  const folder = chosenFolder(chosen);
  if (folder === undefined) return findFolder(home, cluster, say);
  await ownNote(folder, cluster);
  return folder;
}

/**
 * What the store calls the stream that goes on in it. Rejects with `other-stream` when that is no stream of this cluster;
 * else the folder is this cluster's from now on.
 */
export async function claimFolder(
  folder: string,
  store: Pick<Store, 'position'>,
  cluster: ClusterIdentity,
): Promise<string> {
  const own = `cluster:${cluster.name}`;
  const stored = (await store.position())?.stream;
  const note = await ownNote(folder, cluster);
  const isOwn = stored === undefined || stored === own || (note !== undefined && stored.startsWith('cluster:'));
  if (!isOwn) {
    const what = stored.startsWith('cluster:') ? `the cluster ${stored.slice('cluster:'.length)}` : 'a replay';
    throw new AppError(
      'other-stream',
      `${folder} holds the data of ${what}, and this is the cluster ${cluster.name}: leave --data out, or name another folder`,
    );
  }
  // Also when there is one: the address may be another by now, and what may be read.
  await writeNote(folder, { ...note, ...cluster });
  return stored ?? own;
}

/** The folder's note, when it has one. Rejects when it names another cluster. */
async function ownNote(folder: string, cluster: ClusterIdentity): Promise<ClusterIdentity | undefined> {
  const note = await readNote(folder);
  if (note === undefined || isSameCluster(note, cluster)) return note;
  throw new AppError(
    'other-stream',
    `${folder} holds the data of another cluster (${note.name} at ${note.server}), and this is ${cluster.name} at ` +
      `${cluster.server}: leave --data out, or name another folder. Nothing was removed`,
  );
}

async function findFolder(home: string, cluster: ClusterIdentity, say: Progress): Promise<string> {
  const names = await readdir(home).catch((): string[] => []);
  for (const name of names.filter((name) => name.startsWith('cluster-')).sort()) {
    // One that cannot be read is told of where it is in the way.
    const note = await readNote(join(home, name)).catch(() => undefined);
    if (note !== undefined && isSameCluster(note, cluster)) return join(home, name);
  }
  const text = slug(cluster.name).slice(-MOST_SLUG).replace(/^-/, '');
  const id = slug(cluster.uid ?? cluster.access).slice(0, MOST_ID);
  const folder = join(home, `cluster-${text}-${id}`);
  const earlier = `${slug(`cluster ${cluster.name}`).slice(0, MOST_SLUG)}-live`;
  if (names.includes(earlier) && (await readNote(join(home, earlier))) === undefined) {
    say.line(`Data      an earlier version kept that of some cluster of this name in ${join(home, earlier)}.`);
    say.line(`          If it was this one, end this and go on there: --data ${join(home, earlier)}`);
  }
  return folder;
}

async function readNote(folder: string): Promise<ClusterIdentity | undefined> {
  const path = join(folder, NOTE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new AppError('cannot-write', `${path} cannot be read: ${error.message}`, { cause: error });
  });
  return text === undefined ? undefined : parseNote(text, path);
}

function parseNote(text: string, path: string): ClusterIdentity {
  try {
    const { name, server, access, uid } = JSON.parse(text) as Partial<ClusterIdentity>;
    if (name !== undefined && server !== undefined && access !== undefined) {
      return { name, server, access, ...(uid === undefined ? {} : { uid }) };
    }
  } catch {
    // Told below.
  }
  throw new AppError(
    'store-corrupt',
    `${path} does not say which cluster the data are of: remove that file if they are of this one, or the whole folder`,
  );
}

/** Whole or not at all. */
async function writeNote(folder: string, cluster: ClusterIdentity): Promise<void> {
  const path = join(folder, NOTE);
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(cluster, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
