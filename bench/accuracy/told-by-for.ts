// How many would be told by how long a finding must have been open: what the default costs on either side.
import { AppError } from '#kit/errors.ts';
import { alertRuleAt } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import { type SeriesInfo, seriesKey } from '#model/series.ts';
import type { TapeHeader } from '#tape/contract.ts';
import { markdownTable } from '../measure.ts';
import { defaultRule, inQuietTime, type Notification, notificationsOf } from './notifications.ts';
import type { SetKind } from './sets.ts';

/** Minutes, and points where these lie further apart. */
export const FORS = [2, 5, 10, 15, 20, 30] as const;

export interface ToldBy {
  /** One of FORS. */
  readonly least: number;
  readonly quiet: readonly Notification[];
  /** Outside of quiet time: in the hours with faults, and in the first hour. */
  readonly elsewhere: number;
}

/** Who would have been told of these findings, by each of FORS. */
export function toldByFor(
  findings: readonly Finding[],
  { series, header }: { readonly series: readonly SeriesInfo[]; readonly header: Pick<TapeHeader, 'segments'> },
): readonly ToldBy[] {
  const steps = new Map(series.map(({ labels, stepMs }) => [seriesKey(labels), stepMs]));
  return FORS.map((least) => {
    const rule = { ...defaultRule(), afterMs: least * 60_000, afterPoints: least };
    const asked = findings.map((finding) => {
      const stepMs = steps.get(finding.opening.series);
      if (stepMs === undefined) throw new AppError('internal', `no series of the set is ${finding.opening.series}`);
      return { ...finding, alert: alertRuleAt(rule, stepMs) };
    });
    const all = notificationsOf(asked);
    const quiet = inQuietTime(all, header);
    return { least, quiet, elsewhere: all.length - quiet.length };
  });
}

export interface ToldOfSet {
  readonly set: { readonly name: string; readonly kind: SetKind };
  readonly toldBy: readonly ToldBy[];
}

/** A row a `for`; sets with faults have their own columns, others are summed by kind. */
export function toldByForTable(sets: readonly ToldOfSet[], titles: Readonly<Partial<Record<SetKind, string>>>): string {
  const groups = [...Map.groupBy(sets, ({ set }) => titles[set.kind] ?? set.name)];
  const sum = (of: readonly ToldOfSet[], at: number, pick: (told: ToldBy) => number) =>
    of.reduce((total, { toldBy }) => total + (toldBy[at] === undefined ? 0 : pick(toldBy[at])), 0);
  const isSummed = (of: readonly ToldOfSet[]) => of[0] !== undefined && titles[of[0].set.kind] !== undefined;
  return markdownTable(
    [
      '`for`, at least',
      ...groups.flatMap(([name, of]) => [`${name}: quiet`, ...(isSummed(of) ? [] : ['hours with faults'])]),
    ],
    FORS.map((least, at) => [
      `${least} min, ${least} points`,
      ...groups.flatMap(([, of]) => [
        String(sum(of, at, ({ quiet }) => quiet.length)),
        ...(isSummed(of) ? [] : [String(sum(of, at, ({ elsewhere }) => elsewhere))]),
      ]),
    ]),
  );
}
