// Whether a watch makes progress: the one rule behind /readyz, the page's banner and the log.
import type { KubeRecord, Reflector } from '#kube/contract.ts';

export type WatchProgress = Pick<Reflector<KubeRecord>, 'status' | 'isSynced'>;

/** A watch hears a bookmark every minute, and gives a silent connection up after 90 s. */
const STALLED_MS = 95_000;

export interface WatchTrouble {
  /** A sentence that names the watch. */
  readonly what: string;
  /** Since the server last said anything; undefined when it never did. */
  readonly silentMs: number | undefined;
  /** Nothing is known yet, or it is too old to be relied on. */
  readonly isStuck: boolean;
}

/** What is wrong with the watch of `kind` (a plural); undefined when nothing is. `nowMs`: on the clock of the watch. */
export function watchTrouble(kind: string, watch: WatchProgress, nowMs: number): WatchTrouble | undefined {
  const { trouble, lastProgressMs } = watch.status();
  const silentMs = lastProgressMs === 0 ? undefined : Math.max(0, nowMs - lastProgressMs);
  const isStuck = !watch.isSynced || (silentMs ?? 0) > STALLED_MS;
  if (trouble !== undefined) return { what: trouble, silentMs, isStuck };
  if (!watch.isSynced) return { what: `the ${kind} are not known yet`, silentMs, isStuck };
  if (!isStuck) return undefined;
  return {
    what: `the watch of ${kind} has said nothing for ${Math.round((silentMs ?? 0) / 1000)} s`,
    silentMs,
    isStuck,
  };
}

/** What a role cannot see, which makes it unready; a watch that it does not have now is no reason. */
export function unseenReason(
  watches: Readonly<Record<string, WatchProgress | undefined>>,
  nowMs: number,
): string | undefined {
  for (const [kind, watch] of Object.entries(watches)) {
    const trouble = watch === undefined ? undefined : watchTrouble(kind, watch, nowMs);
    if (trouble?.isStuck === true) return trouble.what;
  }
  return undefined;
}
