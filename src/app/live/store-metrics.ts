// Figures of the store, and whether it answers. When it does not, they are not known, and all others are told all the same: they
// are what explains it.
import { Gauge, type Registry } from 'prom-client';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Store } from '#store/contract.ts';

const TIMEOUT_MS = 2000;

/** The store's answer; rejects with `unavailable` when it takes too long. */
export async function soon<T>(answer: Promise<T>, clock: Clock = systemClock): Promise<T> {
  const waiting = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, waiting.signal).then(() => {
    throw new AppError('unavailable', `not within ${TIMEOUT_MS / 1000} s`, { retryable: true });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    waiting.abort();
  }
}

/** Why it is of no use; undefined when it answers. */
export async function storeTrouble(store: Pick<Store, 'info'>): Promise<string | undefined> {
  try {
    await soon(store.info());
    return undefined;
  } catch (error) {
    return `the store does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What it returns is to be awaited before the registry is read. `store` is undefined as long as it is being opened. */
export function addStoreMetrics(registry: Registry, store: () => Pick<Store, 'info'> | undefined): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const up = gauge('tidewatch_store_up', '1 while the store answers; without it its other figures are NaN.');
  const size = gauge('tidewatch_store_bytes', 'Size of the store.');
  const scores = gauge('tidewatch_store_scores', 'Scores stored.');
  const findings = gauge('tidewatch_store_findings', 'Findings stored.');
  return async () => {
    const opened = store();
    const info = opened === undefined ? undefined : await soon(opened.info()).catch(() => undefined);
    up.set(Number(info !== undefined));
    size.set(info?.sizeBytes ?? Number.NaN);
    scores.set(info?.scores ?? Number.NaN);
    findings.set(info?.findings ?? Number.NaN);
  };
}
