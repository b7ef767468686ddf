// The bridge from a chunk to React: draws again when it has arrived; a failed fetch goes to the error boundary around it.
import { useEffect, useState } from 'react';
import type { Chunk } from '../core/chunk.ts';

export function useChunk<T>(chunk: Chunk<T>): T | undefined {
  const [failure, settle] = useState<{ readonly error?: unknown }>({});
  const arrived = chunk.get();
  useEffect(() => {
    if (arrived !== undefined) return;
    let gone = false;
    chunk.load().then(
      () => gone || settle({}),
      (error: unknown) => gone || settle({ error }),
    );
    return () => {
      gone = true;
    };
  }, [chunk, arrived]);
  if (arrived === undefined && failure.error !== undefined) throw failure.error;
  return arrived;
}
