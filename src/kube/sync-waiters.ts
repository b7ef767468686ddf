// Those who wait for a first whole list, each for as long as its own signal lets it; none of them leaves a trace on a
// signal that outlives the waiting.
import { AppError } from '#kit/errors.ts';

export interface SyncWaiters {
  readonly isResolved: boolean;
  wait(signal?: AbortSignal): Promise<void>;
  resolve(): void;
  /** For those who wait now or come later; does nothing once resolved. */
  reject(error: AppError): void;
}

export function createSyncWaiters(kind: string): SyncWaiters {
  const waiting = new Set<(error?: AppError) => void>();
  let isResolved = false;
  let rejection: AppError | undefined;
  const settle = (error?: AppError) => {
    for (const waiter of waiting) waiter(error);
  };
  return {
    get isResolved() {
      return isResolved;
    },
    wait: async (signal) => {
      if (isResolved) return;
      if (rejection !== undefined) throw rejection;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const waiter = (error?: AppError) => (error === undefined ? resolve() : reject(error));
      const giveUp = () =>
        reject(new AppError('unavailable', `there is no whole list of ${kind} yet; given up waiting`));
      if (signal?.aborted === true) giveUp();
      waiting.add(waiter);
      signal?.addEventListener('abort', giveUp);
      try {
        await promise;
      } finally {
        waiting.delete(waiter);
        signal?.removeEventListener('abort', giveUp);
      }
    },
    resolve: () => {
      isResolved = true;
      settle();
    },
    reject: (error) => {
      if (isResolved) return;
      rejection = error;
      settle(error);
    },
  };
}
