// A part of the page that is a file of its own, fetched when it is first wanted. Unlike React's `lazy`, it can be drawn in
// the same frame in which it has arrived (React holds a fallback that was shown for 300 ms), and a failed fetch is tried
// again at the next wish.

export interface Chunk<T> {
  /** One fetch, however often it is called; after a failure the next call tries again. */
  load(): Promise<T>;
  /** What has arrived; undefined before. */
  get(): T | undefined;
}

export function createChunk<T>(fetchIt: () => Promise<T>): Chunk<T> {
  let arrived: T | undefined;
  let underWay: Promise<T> | undefined;
  const fetchOnce = async (): Promise<T> => {
    try {
      arrived = await fetchIt();
      return arrived;
    } catch (error) {
      underWay = undefined;
      throw error;
    }
  };
  return {
    load() {
      underWay ??= fetchOnce();
      return underWay;
    },
    get: () => arrived,
  };
}
