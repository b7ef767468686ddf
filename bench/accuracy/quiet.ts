// `--task quiet`: how quiet the shipped detectors are when nothing is wrong, and what they see when something is.
import { entityOf } from '#model/entity.ts';
import { familyKey } from '#model/series.ts';
import { createFindingsSink } from '#pipeline/findings-sink.ts';
import { runTape } from '../../src/app/run-tape.ts';
import { serviceOfEntity } from '../../src/app/service-of.ts';
import { markdownTable } from '../measure.ts';
import { type Figures, judge, quantileOf } from './judge.ts';
import { type Method, shippedMethod, simplestMethod } from './methods.ts';
import { alerting, inQuietTime, notificationsOf } from './notifications.ts';
import { throwAtRandom } from './random-method.ts';
import type { RecordedSet } from './sets.ts';
import { type Account, tellOf } from './told.ts';
import { type ToldBy, toldByFor } from './told-by-for.ts';

export interface Judged {
  readonly set: RecordedSet;
  readonly method: string;
  readonly figures: Figures;
  /** In quiet time, with "alert on this" on every detector; undefined where there is no run to tell of. */
  readonly notifications: number | undefined;
  /** Of the shipped detectors: who would have been told by each `for`, and what there is to tell of those of SHOWN_FOR. */
  readonly toldBy?: readonly ToldBy[];
  readonly account?: Account;
}

const RANDOM_SEEDS = 50;
/** By the default nobody is told of most of what there is to look at. */
export const SHOWN_FOR = 5;

/** Every method on one set, shipped first. */
export async function judgeSet(set: RecordedSet): Promise<Judged[]> {
  const shipped = await judgeMethod(set, await shippedMethod());
  const simplest = await judgeMethod(set, await simplestMethod());
  const { serviceOf, services, findings } = shipped;
  const toldBy = toldByFor(findings, set.tape.info);
  const shown = toldBy.find(({ least }) => least === SHOWN_FOR)?.quiet ?? [];
  const account = { told: await tellOf(set, shown, serviceOf), services, findings, serviceOf };
  const told = { notifications: shipped.notifications.length, toldBy, account };
  return [
    { set, method: shipped.method, figures: shipped.figures, ...told },
    { set, method: simplest.method, figures: simplest.figures, notifications: simplest.notifications.length },
    { set, method: 'random, as many findings', figures: shipped.random(), notifications: undefined },
    { set, method: 'never fires', figures: shipped.never, notifications: 0 },
  ];
}

/** One method on one set, beside random findings as many, and none. */
export async function judgeMethod(set: RecordedSet, method: Method) {
  const { header, series } = set.tape.info;
  const sink = createFindingsSink();
  await runTape({ reader: set.tape, plans: alerting(method.plansFor(series)), workers: 0, speed: 'max', sink });
  const tracks = [...sink.tracks.values()].filter((track) => track.detector !== '');
  const watched = series.filter((info) =>
    tracks.some((track) => track.labels === info.labels || familyKey(track.labels) === familyKey(info.labels)),
  );
  const findings = sink.findings();
  const serviceOf = serviceOfEntity(sink.tracks.values());
  const input = { header, series: tracks.length, serviceOf };
  const thrown = () =>
    Array.from({ length: RANDOM_SEEDS }, (_, seed) =>
      judge({ ...input, findings: throwAtRandom(findings, watched, header, seed + 1) }),
    );
  return {
    method: method.name,
    figures: judge({ ...input, findings }),
    notifications: inQuietTime(notificationsOf(findings), header),
    findings,
    serviceOf,
    services: [...new Set(tracks.map(({ labels }) => serviceOf(entityOf(labels))))].filter((name) => name !== ''),
    random: () => averageOf(thrown()),
    never: judge({ ...input, findings: [] }),
  };
}

/** Mean of the counts; the list of faults of the first stands for none in particular and is not printed. */
function averageOf(all: readonly Figures[]): Figures {
  const [first] = all;
  if (first === undefined) throw new RangeError('nothing to average');
  const mean = (pick: (figures: Figures) => number) =>
    all.reduce((sum, figures) => sum + pick(figures), 0) / all.length;
  return {
    ...first,
    redRatio: mean((figures) => figures.redRatio),
    findingsPerSeriesAndDay: mean((figures) => figures.findingsPerSeriesAndDay),
    own: mean((figures) => figures.own),
    any: mean((figures) => figures.any),
    chanceOwn: mean((figures) => figures.chanceOwn),
    chanceAny: mean((figures) => figures.chanceAny),
    beforeOwn: mean((figures) => figures.beforeOwn),
    beforeAny: mean((figures) => figures.beforeAny),
    delaysMinutes: all.flatMap((figures) => figures.delaysMinutes),
  };
}

const HEAD = [
  'method',
  'quiet minutes red',
  'findings a series and day',
  'notifications',
  'coloured: own',
  'own or elsewhere',
  'chance own',
  'chance any',
  '5 min before: own',
  'any',
  'delay, median',
  'p90',
];

/** One row a method. */
export function methodTable(judged: readonly Judged[]): string {
  return markdownTable(
    HEAD,
    judged.map(({ method, figures, notifications }) => [method, ...cells(figures, notifications)]),
  );
}

function cells(figures: Figures, notifications: number | undefined): string[] {
  const count = (value: number) => (Number.isFinite(value) ? String(Math.round(value * 10) / 10) : '–');
  const faults = figures.faults.length;
  const of = (value: number) => (faults === 0 ? '–' : `${count(value)} of ${faults}`);
  const minutes = (share: number) =>
    figures.delaysMinutes.length === 0 ? '–' : `${quantileOf(figures.delaysMinutes, share).toFixed(1)} min`;
  return [
    `${(figures.redRatio * 100).toFixed(2)} %`,
    figures.findingsPerSeriesAndDay.toFixed(3),
    notifications === undefined ? '–' : String(notifications),
    of(figures.own),
    of(figures.any),
    faults === 0 ? '–' : count(figures.chanceOwn),
    faults === 0 ? '–' : count(figures.chanceAny),
    faults === 0 ? '–' : count(figures.beforeOwn),
    faults === 0 ? '–' : count(figures.beforeAny),
    minutes(0.5),
    minutes(0.9),
  ];
}

/** One row a fault: misses stand as they are. */
export function faultTable(figures: Figures): string {
  return markdownTable(
    ['injected (UTC)', 'where', 'fault', 'outcome', 'delay', 'coloured elsewhere'],
    figures.faults.map(({ fault, outcome, delayMs, neighbours }) => [
      new Date(fault.timeMs).toISOString().slice(11, 19),
      fault.service,
      fault.type.replaceAll('_', ' '),
      outcome === 'coloured' ? 'coloured' : outcome === 'missed' ? '**missed**' : '**only elsewhere**',
      delayMs === undefined ? '' : `${(delayMs / 60_000).toFixed(1)} min`,
      neighbours.join(', '),
    ]),
  );
}
