// Whether the process lives, and whether it is any use: the replay has not failed and the store answers.
import type { Context } from './context.ts';

const STORE_TIMEOUT_MS = 2000;

/** Why the server is not ready; undefined when it is. */
export async function unreadyReason({ replay, store, clock }: Context): Promise<string | undefined> {
  const { state, message } = replay.state();
  if (state === 'failed') return `the replay failed: ${message ?? 'the log says why'}`;
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
