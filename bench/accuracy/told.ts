// What somebody was told in quiet time, so that a reader sees whether it was a false alarm or a real change: the level before
// and since, how long the new one held, and whether other services had trouble at the same time.
import { AppError } from '#kit/errors.ts';
import type { Finding } from '#model/finding.ts';
import { type Series, seriesKey } from '#model/series.ts';
import { median } from '#stats/median.ts';
import { markdownTable } from '../measure.ts';
import type { Notification } from './notifications.ts';
import type { RecordedSet } from './sets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What other services do counts this long before and after. */
const NEAR_MS = 10 * MINUTE_MS;
/** So many points in a row end a change, as they end a finding: one is noise. */
const POINTS_BACK = 2;

export interface Change {
  /** Median of the hour before, and of the hour from then on; NaN when nothing was measured. */
  readonly before: number;
  readonly since: number;
  /**
   * From the begin to the first of two points in a row that are back on the old side of halfway, once one was beyond (what
   * climbs is not there at once); NaN when there is no halfway.
   */
  readonly lastedMs: number;
  /** It was not back when the recording ended. */
  readonly isToTheEnd: boolean;
}

export interface Told {
  readonly timeMs: number;
  readonly service: string;
  readonly metric: string;
  readonly change: Change;
}

/** What a method did on one set. */
export interface Account {
  /** Told in quiet time. */
  readonly told: readonly Told[];
  /** Services that were watched. */
  readonly services: readonly string[];
  readonly findings: readonly Pick<Finding, 'seenMs' | 'closedSeenMs' | 'entity'>[];
  serviceOf(entity: Finding['entity']): string;
}

/** What was told, with the values of the series that began it, read from the set's tape. */
export async function tellOf(
  { tape }: Pick<RecordedSet, 'tape'>,
  notifications: readonly Notification[],
  serviceOf: Account['serviceOf'],
): Promise<Told[]> {
  const { header, series } = tape.info;
  return Promise.all(
    notifications.map(async ({ timeMs, finding: { entity, startMs, opening } }) => {
      const info = series.find(({ labels }) => seriesKey(labels) === opening.series);
      if (info === undefined) throw new AppError('internal', `no series of the set is ${opening.series}`);
      const past = await tape.range(info.labels, startMs - HOUR_MS, header.toMs);
      const own = past.find((one) => one.info.id === info.id)?.series;
      if (own === undefined) throw new AppError('internal', `the tape has nothing of ${opening.series}`);
      const change = changeAt(own, startMs);
      return { timeMs, service: serviceOf(entity), metric: opening.metricName, change };
    }),
  );
}

/** How the series changed at `startMs`. Missing points are passed over. */
export function changeAt({ stepMs, timesMs, values }: Series, startMs: number): Change {
  const within = (fromMs: number, toMs: number) =>
    values.filter((_, at) => (timesMs[at] as number) >= fromMs && (timesMs[at] as number) < toMs);
  const before = median(within(startMs - HOUR_MS, startMs));
  const since = median(within(startMs, startMs + HOUR_MS));
  const halfway = (before + since) / 2;
  if (!(before !== since && Number.isFinite(halfway))) {
    return { before, since, lastedMs: Number.NaN, isToTheEnd: false };
  }
  let [backAtMs, back, endMs] = [startMs, 0, startMs];
  let wasBeyond = false;
  for (const [at, value] of values.entries()) {
    const timeMs = timesMs[at] as number;
    if (timeMs < startMs || Number.isNaN(value)) continue;
    endMs = timeMs + stepMs;
    const isBeyond = since > before ? value > halfway : value < halfway;
    wasBeyond ||= isBeyond;
    if (!wasBeyond) continue;
    if (isBeyond) back = 0;
    else if (++back === 1) backAtMs = timeMs;
    if (back === POINTS_BACK) return { before, since, lastedMs: backAtMs - startMs, isToTheEnd: false };
  }
  return { before, since, lastedMs: endMs - startMs, isToTheEnd: true };
}

/** A set and what the method to tell of did on it. */
export interface Teller {
  readonly set: Pick<RecordedSet, 'name' | 'kind' | 'isDated'> & {
    readonly tape: { readonly info: { readonly header: { readonly fromMs: number; readonly toMs: number } } };
  };
  readonly account: Account;
}

/** One row a notification, or a sentence when there was none. */
export function toldTable(all: readonly Teller[]): string {
  const rows = all.flatMap((one) => one.account.told.map((told) => rowOf(one, told, all)));
  if (rows.length === 0) return 'Nobody was told.';
  return markdownTable(
    [
      'set',
      'when (UTC, or minutes since the start)',
      'metric',
      'before',
      'since',
      'times',
      'stayed, hours',
      'other services',
    ],
    rows,
  );
}

function rowOf(one: Teller, told: Told, all: readonly Teller[]): string[] {
  const { set } = one;
  const { before, since, lastedMs, isToTheEnd } = told.change;
  const minute = (told.timeMs - set.tape.info.header.fromMs) / MINUTE_MS;
  const hours = Number.isNaN(lastedMs) ? '–' : (lastedMs / HOUR_MS).toFixed(1);
  const { near, of } = othersAt(one, told, all);
  return [
    set.name,
    set.isDated ? new Date(told.timeMs).toISOString().slice(0, 16).replace('T', ' ') : minute.toFixed(0),
    told.service === set.name ? told.metric : `${told.metric} of ${told.service}`,
    figure(before),
    figure(since),
    before > 0 && since >= 0 ? (since / before).toFixed(1) : '–',
    isToTheEnd ? `${hours}, to the end` : hours,
    `${near} of ${of}`,
  ];
}

function figure(value: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3)));
}

/** Of the other services that sets of the same kind recorded at that time: how many had trouble near it. */
function othersAt({ set, account }: Teller, { timeMs, service }: Told, all: readonly Teller[]) {
  const others = all
    .filter((other) => other.set.kind === set.kind)
    .filter(({ set: { tape } }) => tape.info.header.fromMs <= timeMs && timeMs < tape.info.header.toMs)
    .flatMap((other) =>
      other.account.services
        .filter((name) => other.account !== account || name !== service)
        .map((name) => hasTrouble(other.account, name, timeMs)),
    );
  return { near: others.filter(Boolean).length, of: others.length };
}

/** Somebody was told of it, or a finding was open, not further from this time than ten minutes. */
function hasTrouble({ told, findings, serviceOf }: Account, service: string, timeMs: number): boolean {
  if (told.some((one) => one.service === service && Math.abs(one.timeMs - timeMs) <= NEAR_MS)) return true;
  return findings.some(
    ({ seenMs, closedSeenMs = Number.POSITIVE_INFINITY, entity }) =>
      serviceOf(entity) === service && seenMs <= timeMs + NEAR_MS && closedSeenMs >= timeMs - NEAR_MS,
  );
}
