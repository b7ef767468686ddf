// What a back-test plays: a tape, a CSV file, or what a Prometheus remembers, each with the detectors that look at it.
import { LARGEST_MEASURED } from '#detect/measured.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import type { TapeReader } from '#tape/contract.ts';
import { openTape } from '#tape/reader.ts';
import { loadDetectors, OBSERVED_DETECTORS } from '../load.ts';
import type { Progress } from '../progress.ts';
import { SHIPPED } from '../shipped.ts';
import { openCsv } from './csv-tape.ts';
import { methodPlans } from './method-plans.ts';
import type { PrometheusChoice } from './open-prometheus-history.ts';
import { type MethodSettings, settingsOf } from './settings-text.ts';

export interface History {
  readonly kind: 'tape' | 'csv' | 'prometheus';
  /** As it is told. */
  readonly name: string;
  readonly reader: TapeReader;
  readonly plans: readonly Plan[];
  /** The same, as they were written. */
  readonly asked: readonly Plan[];
  /** Detectors of what not every cluster has are not blind where it is absent. */
  readonly mayBeAbsent: boolean;
  /** Where a method stands in place of detectors. */
  readonly method?: MethodSettings;
}

export interface HistoryChoice extends PrometheusChoice {
  /** A file, or `observed`; absent: what suits the source. */
  readonly detectors?: string;
  /** In place of detectors: this method for each metric. */
  readonly method?: string;
}

/** Rejects with what is wrong with the source, the detectors, or the options together. The reader is the caller's to close. */
export async function openHistory(source: string, choice: HistoryChoice, say: Progress): Promise<History> {
  const { detectors, method } = choice;
  if (detectors !== undefined && method !== undefined)
    throw new AppError('bad-usage', '--method stands in place of detectors: give it or -f');
  if (/^https?:\/\//i.test(source)) {
    if (method !== undefined)
      throw new AppError('bad-usage', '--method says no metric to ask a Prometheus for: give detectors with -f');
    const { openPrometheusHistory } = await import('./open-prometheus-history.ts');
    return openPrometheusHistory(source, detectors ?? OBSERVED_DETECTORS, choice, say);
  }
  refuseOfPrometheus(choice);
  const isCsv = /\.csv(\.gz)?$/i.test(source);
  const reader = isCsv ? await readCsvTape(source, say) : await openTape(source).catch(tellOfCsv);
  try {
    const file = detectors ?? SHIPPED.detectors;
    const plans = method === undefined ? await loadDetectors(file) : methodPlans(method, reader.info.series);
    const mayBeAbsent = file === OBSERVED_DETECTORS;
    const settings = method === undefined ? undefined : await settingsOfMethod(plans);
    const kind = isCsv ? 'csv' : 'tape';
    return { kind, name: source, reader, plans, asked: plans, mayBeAbsent, ...(settings && { method: settings }) };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** The shipped detectors have one setting for all of them. */
async function settingsOfMethod([used]: readonly Plan[]): Promise<MethodSettings | undefined> {
  const [shipped] = await loadDetectors(SHIPPED.detectors);
  return used && shipped && { used: settingsOf(used), shipped: settingsOf(shipped) };
}

/** What looks like text may be a CSV file of another name. */
function tellOfCsv(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'tape-foreign' || !/looks like (text|gzip)/.test(error.message))
    throw error;
  throw new AppError(error.code, `${error.message} The name of a CSV file ends in .csv or .csv.gz.`, { cause: error });
}

async function readCsvTape(path: string, say: Progress): Promise<TapeReader> {
  say.update(`Reading ${path} …`);
  const { reader, truth, beyond } = await openCsv(path);
  if (truth.length > 0) say.line(`Not read: ${truth.join(', ')} of ${path}, which no detector may see`);
  if (beyond > 0)
    say.line(`Taken for missing: ${beyond} of the numbers of ${path}, which are beyond ±${LARGEST_MEASURED}`);
  return reader;
}

function refuseOfPrometheus(choice: HistoryChoice): void {
  const names = ['from', 'to', 'days', 'step', 'namespace', 'prometheusTokenFile'] as const;
  const given = names.find((name) => choice[name] !== undefined);
  if (given === undefined) return;
  const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const message = `--${flag} is of a Prometheus: a tape or a CSV file is played as it is ("tidewatch tape cut" shortens a tape)`;
  throw new AppError('bad-usage', message);
}
