// Lets only so many at a time through, the others wait in line; and the line has an end.
import { AppError } from '#kit/errors.ts';

export interface Gate {
  /** Does `work` when it is its turn. Rejects when the line is full, or the signal aborts while it waits. */
  through<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createGate(most: number, longestLine: number, what: string): Gate {
  let inside = 0;
  const line: { readonly enter: () => void }[] = [];

  async function wait(signal: AbortSignal): Promise<void> {
    if (line.length >= longestLine) {
      throw new AppError('unavailable', `${line.length} queries already wait for ${what}: it is too slow for so many`, {
        retryable: true,
      });
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        line.splice(line.indexOf(place), 1);
        reject(signal.reason);
      };
      const place = {
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave);
      line.push(place);
    });
  }

  return {
    async through(signal, work) {
      signal.throwIfAborted();
      // Whoever leaves hands the place on, so that nobody slips in between.
      if (inside < most) inside++;
      else await wait(signal);
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next === undefined) inside--;
        else next.enter();
      }
    },
  };
}
