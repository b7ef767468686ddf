// Whether what comes in is stored. Reading tells nothing of that: a store that is full shows all that it has, and takes nothing.
// The outcome of the last append does, and is the page's trouble, and readiness', until one succeeds.
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { Store } from '#store/contract.ts';

export interface AppendHealth extends Pick<Store, 'append'> {
  troubles(): readonly Trouble[];
}

export interface AppendHealthDeps {
  readonly clock: Clock;
  /** The store has no room; called for each append that it refused for that. */
  onFull?(): void;
}

/** Of the store, not of the batch. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  'disk-full': 'Give it more room (the volume, --max-size) or a shorter --retention.',
  'cannot-write': 'Make its folder writable.',
  'store-corrupt': 'Start it with another folder (--data), or with a copy of the data.',
  internal: 'Its log says why.',
};

/** Appends as the store does, and remembers how it went. */
export function watchAppends(store: Pick<Store, 'append'>, { clock, onFull }: AppendHealthDeps): AppendHealth {
  let trouble: Trouble | undefined;
  const failed = (error: unknown) => {
    const code = error instanceof AppError ? error.code : 'internal';
    const remedy = REMEDIES[code];
    // A refusal of the batch is an answer.
    if (remedy === undefined) return;
    const what = `not-stored: ${error instanceof Error ? error.message : String(error)}`;
    trouble = { kind: 'other', what, remedy, sinceMs: trouble?.sinceMs ?? clock.nowMs(), blocking: true };
    if (code === 'disk-full') onFull?.();
  };
  return {
    async append(batch) {
      try {
        const result = await store.append(batch);
        trouble = undefined;
        return result;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    troubles: () => (trouble === undefined ? [] : [trouble]),
  };
}
