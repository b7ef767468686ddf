// Observes for as long as the process lives: when the store or a worker fails, all of it is ended and begun again after a
// pause, from the position that the store then has. Nothing is lost by that: what was not written is asked for again.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { createTerms } from '../operator-terms.ts';
import type { Observing } from './observe.ts';

export interface KeepObservingOptions {
  /** Another one that goes on from `storedMs` and tells of each round. `attempt`: 0 for the first. */
  open(storedMs: number, attempt: number, onRound: (status: ObserverStatus) => void): Observing;
  /** What the store has; -Infinity when it is empty. */
  position(): Promise<number>;
  onRound(status: ObserverStatus): void;
  /** One that never steps: pauses are measured with it. */
  clock: Clock;
  readonly log: Log;
}

const NOT_YET: ObserverStatus = {
  ...{ warming: true, series: 0, samples: 0, newestMs: Number.NaN, troubles: [] },
  ...{ late: 0, absent: 0, skippedSteps: 0 },
  clock: { skewMs: Number.NaN, aheadRounds: 0, trouble: undefined },
  dropped: { outOfOrder: 0, unknownSeries: 0 },
  failure: undefined,
};

export function keepObserving({ open, position, onRound, clock, log }: KeepObservingOptions): Observing {
  let current: Observing | undefined;
  let attempt = 0;
  const terms = createTerms({
    ...{ clock, log, what: 'observing' },
    async run(_, signal) {
      const failed = Promise.withResolvers<never>();
      failed.promise.catch(() => undefined);
      const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const observing = open(await position(), attempt++, (status) => {
        if (status.failure !== undefined) failed.reject(status.failure);
        onRound(status);
      });
      try {
        if (signal.aborted) return;
        current = observing;
        observing.observer.start();
        await Promise.race([ended, failed.promise]);
      } finally {
        // Its last status stays, with what made it fail, until the next has begun.
        await observing.stop();
      }
    },
  });
  return {
    observer: {
      start: () => terms.change(0),
      get status() {
        return current?.observer.status ?? NOT_YET;
      },
    },
    series: () => current?.series() ?? [],
    stop: () => terms.stop(),
  };
}
