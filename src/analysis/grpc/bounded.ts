// Some at a time: replicas are kept busy, and no server is flooded.

/**
 * What `work` gives for each item, in their order, at most `limit` at once. The first error ends the rest (their signal aborts)
 * and is what it rejects with.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const ended = new AbortController();
  const follow = () => ended.abort(signal?.reason);
  if (signal?.aborted === true) follow();
  signal?.addEventListener('abort', follow);
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      ended.signal.throwIfAborted();
      results[index] = await work(items[index] as T, ended.signal);
    }
  };
  try {
    ended.signal.throwIfAborted();
    await Promise.all(
      Array.from({ length: Math.min(limit, items.length) }, () =>
        worker().catch((error: unknown) => {
          ended.abort(error);
          throw error;
        }),
      ),
    );
    return results;
  } finally {
    signal?.removeEventListener('abort', follow);
  }
}
