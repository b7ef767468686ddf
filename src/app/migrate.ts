// The wiring of `migrate`: which cluster, and what is told of it.
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { hasStatus } from '#kube/kube-error.ts';
import { HUB, kindsOf } from '#resource/kinds.ts';
import { clientInGroup } from './live/cluster-group.ts';
import { openClient, readAccess } from './live/open-client.ts';
import { type Migrated, migrateStorage } from './migrate/migrate-storage.ts';
import type { MigrateFlags } from './migrate-command.ts';
import { createProgress } from './progress.ts';

export async function migrate(flags: MigrateFlags): Promise<void> {
  const say = createProgress(process.stdout);
  const own = openClient(await readAccess(flags), createLog('warn'));
  const client = clientInGroup(own, flags.group);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  try {
    for (const { plural } of kindsOf(ALGORITHMS).filter(({ versions }) => versions.length > 1)) {
      const crd = `${plural}.${flags.group}`;
      const progress = (done: number, all: number) => say.update(`Rewrites  ${done} of ${all} ${plural}`);
      const migrated = await migrateStorage({ client, crd, signal: stopping.signal, progress }).catch(explained(crd));
      say.line(`Stored    ${plural}: ${resultOf(migrated)}`);
    }
  } finally {
    await client.close();
  }
}

/** What came of it, in words. */
export function resultOf({ before, after, written, gone }: Migrated): string {
  if (before.join() === after.join()) return `${before.join(', ') || HUB} already, nothing to do`;
  const left = gone === 0 ? '' : `, ${gone} deleted meanwhile`;
  return `${before.join(', ')} → ${after.join(', ')}, ${written} written again${left}`;
}

function explained(crd: string) {
  return (error: unknown): never => {
    if (!hasStatus(error, 404)) throw error;
    throw new AppError('not-found', `the cluster has no ${crd}: nothing is stored that could be migrated`, {
      cause: error,
    });
  };
}
