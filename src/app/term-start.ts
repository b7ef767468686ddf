// Where a term goes on: from what the keeper has, once it has dealt with all that waits here. What is spooled counts for nothing
// before that: its writer may have been replaced meanwhile, and then nobody has it.
import type { Log } from '#kit/log.ts';
import type { Position } from '#store/contract.ts';
import type { KeeperClient } from '#store/keeper/client.ts';
import type { EpochFloor } from './live/epoch-floor.ts';

export interface TermStartDeps {
  readonly keeper: Pick<KeeperClient, 'drained' | 'position' | 'stats'>;
  readonly floor: EpochFloor;
  readonly log: Log;
}

/**
 * The keeper's position. Waits as long as something is spooled; undefined when the term was ended meanwhile, or is to begin
 * again under a higher epoch.
 */
export async function startOfTerm(
  epoch: number,
  signal: AbortSignal,
  { keeper, floor, log }: TermStartDeps,
): Promise<{ readonly position: Position | undefined } | undefined> {
  await keeper.drained(signal);
  if (signal.aborted) return undefined;
  const position = await keeper.position();
  const { keeperEpoch } = keeper.stats();
  if (floor.allows(epoch, keeperEpoch)) return signal.aborted ? undefined : { position };
  log.warn({ epoch, keeperEpoch }, 'the lease was deleted and counts anew: the term begins again under a higher epoch');
  return undefined;
}
