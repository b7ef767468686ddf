// Whether the process lives, and whether it is any use: what it shows has not failed, nothing that it needs is stuck, and
// the store answers.
import type { Context } from './context.ts';
import type { Trouble } from './contract.ts';

const STORE_TIMEOUT_MS = 2000;

function sentenceOf({ what, sinceMs, remedy }: Trouble): string {
  return `${what}, since ${new Date(sinceMs).toISOString()}: ${remedy}`;
}

/** What is stuck though it is ready, as sentences. */
export function readyNotes({ replay }: Context): string[] {
  return replay.state().live?.troubles.map(sentenceOf) ?? [];
}

/** Why the server is not ready; undefined when it is. */
export async function unreadyReason({ replay, store, clock }: Context): Promise<string | undefined> {
  const { mode, state, message, live } = replay.state();
  if (state === 'failed') return `the ${mode === 'live' ? 'watch' : 'replay'} failed: ${message ?? 'the log says why'}`;
  const stuck = live?.troubles.filter(({ blocking }) => blocking) ?? [];
  if (stuck.length > 0) return stuck.map(sentenceOf).join('; ');
  const waiting = new AbortController();
  try {
    const late = clock.sleep(STORE_TIMEOUT_MS, waiting.signal).then(() => 'the store does not answer');
    return await Promise.race([store.info().then(() => undefined), late]);
  } catch (error) {
    return `the store does not answer: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    waiting.abort();
  }
}
