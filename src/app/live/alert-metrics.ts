// Figures of alerts: how many there are, and whether who is to be told is told. Labels are the notifiers' own names; several
// receivers of one notifier are counted together, so that no address is a label.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { DeliveringStats } from '#act/delivering.ts';
import type { TellerStats } from '#act/teller.ts';
import type { Clock } from '#kit/clock.ts';
import type { Alerting, ReceiverInfo } from './alerting.ts';

type OfTeller = readonly [name: string, help: string, read: (stats: TellerStats) => number];

const TELLER: readonly OfTeller[] = [
  ['firing', 'Alerts of ours that fire.', ({ firing }) => firing],
  ['pending', 'Alerts of ours that have not lasted long enough.', ({ pending }) => pending],
  ['fired_total', 'Alerts that began to fire since the start.', ({ fired }) => fired],
  ['resolved_total', 'Alerts that were over since the start.', ({ resolved }) => resolved],
  ['failures_total', 'Times that alerts could not be made of findings.', ({ failures }) => failures],
];

/** `alerting` is undefined as long as the store is being opened. */
export function addAlertMetrics(registry: Registry, alerting: () => Alerting | undefined, clock: Clock): void {
  const registers = [registry];
  for (const [name, help, read] of TELLER) {
    const own = { name: `tidewatch_alerts_${name}`, help, registers };
    const value = () => {
      const stats = alerting()?.teller.stats();
      return stats === undefined ? 0 : read(stats);
    };
    if (name.endsWith('_total')) count(own, () => [[{}, value()]]);
    else gauge(own, () => [[{}, value()]]);
  }
  const notKept = {
    ...{ name: 'tidewatch_alerts_not_kept_total', registers, labelNames: ['reason'] },
    help: 'Alerts of others that are not kept: that fire and find no room, and resolved ones that made room.',
  };
  count(notKept, () => {
    const { refused = 0, leftEarly = 0 } = alerting()?.heard() ?? {};
    return [
      [{ reason: 'no-room' }, refused],
      [{ reason: 'resolved' }, leftEarly],
    ];
  });
  const each = (read: (one: ReceiverInfo) => Values) => () => (alerting()?.receivers ?? []).flatMap(read);
  const named = (name: string, help: string, ...more: readonly string[]): Named => {
    return { name: `tidewatch_notify_${name}`, help, registers, labelNames: ['notifier', ...more] };
  };
  const stats = (read: (stats: DeliveringStats) => number) =>
    each((one): Values => [[{ notifier: one.notifier }, read(one.stats())]]);
  const byReason = (read: (stats: DeliveringStats) => Readonly<Record<string, number>>) =>
    each((one) => Object.entries(read(one.stats())).map(([reason, n]) => [{ notifier: one.notifier, reason }, n]));
  count(
    named('requests_total', 'Requests that receivers took.'),
    stats((of) => of.sent),
  );
  gauge(
    named('waiting', 'Messages that are stored and not told yet.'),
    stats((of) => of.waiting),
  );
  const age = ({ oldestMs }: DeliveringStats) =>
    oldestMs === undefined ? 0 : Math.max(0, clock.nowMs() - oldestMs) / 1000;
  oldest(named('oldest_seconds', 'Age of the oldest message that waits.'), stats(age));
  count(
    named('failures_total', 'Requests that failed, by reason.', 'reason'),
    byReason((of) => of.failures),
  );
  const crowded = (): Values => {
    const of = alerting()?.teller.stats();
    return [
      [{ notifier: '', reason: 'crowded' }, of?.crowded ?? 0],
      [{ notifier: '', reason: 'overflow' }, of?.dropped ?? 0],
    ];
  };
  const dropped = byReason((of) => of.dropped);
  count(named('dropped_total', 'Findings and messages that nobody was told of, by reason.', 'reason'), () => [
    ...dropped(),
    ...crowded(),
  ]);
}

type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

interface Named {
  readonly name: string;
  readonly help: string;
  readonly registers: Registry[];
  readonly labelNames?: string[];
}

function count(named: Named, read: () => Values): void {
  new Counter({
    ...named,
    collect() {
      fill(this, read());
    },
  });
}

function gauge(named: Named, read: () => Values): void {
  new Gauge({
    ...named,
    collect() {
      fill(this, read());
    },
  });
}

/** What has the same labels is added up. */
function fill(metric: Pick<Counter, 'reset' | 'inc'>, values: Values): void {
  metric.reset();
  for (const [labels, value] of values) metric.inc(labels, value);
}

/** Of several the oldest. */
function oldest(named: Named, read: () => Values): void {
  gauge(named, () => {
    const most = new Map<string, number>();
    for (const [{ notifier = '' }, value] of read()) most.set(notifier, Math.max(value, most.get(notifier) ?? 0));
    return [...most].map(([notifier, value]) => [{ notifier }, value]);
  });
}
