import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { makeFinding } from '../../test/conformance/store-fixtures.ts';
import { simplestPlan } from './methods.ts';
import { alerting, defaultRule, inQuietTime, notificationsOf } from './notifications.ts';

const MINUTE = 60_000;
const finding = (id: string, fromMinute: number, part: Partial<Finding> = {}): Finding => ({
  ...makeFinding(id, { startMs: fromMinute * MINUTE }),
  ...{ seenMs: fromMinute * MINUTE, confirmedMs: fromMinute * MINUTE, alert: defaultRule() },
  ...part,
});
const over = (id: string, fromMinute: number, toMinute: number) =>
  finding(id, fromMinute, {
    ...{ endMs: toMinute * MINUTE, closedMs: toMinute * MINUTE, closedSeenMs: toMinute * MINUTE },
  });
const minutes = (all: ReturnType<typeof notificationsOf>) => all.map(({ timeMs }) => timeMs / MINUTE);
const AFTER = defaultRule().afterMs / MINUTE;
/** When somebody is told, in minutes. */
const told = (...findings: readonly Finding[]) => minutes(notificationsOf(findings));

test('what lasts so long is told once, also when it is not over; what is shorter is not', () => {
  expect(AFTER).toBe(20);
  expect(told(over('a', 10, 60))).toEqual([30]);
  expect(told(finding('a', 10))).toEqual([30]);
  expect(told(over('a', 10, 30))).toEqual([30]);
  expect(told(over('a', 10, 29))).toEqual([]);
});

test('what comes again within the hold is the same, and after it another', () => {
  expect(told(over('a', 10, 40), over('b', 48, 78))).toEqual([30]);
  expect(told(over('a', 10, 40), over('b', 60, 90))).toEqual([30, 80]);
  expect(told(over('a', 10, 40), over('b', 400, 401))).toEqual([30]);
});

test('a notification knows the finding that it began with, of the same alert, also when others came and went', () => {
  const begun = (...findings: readonly Finding[]) => notificationsOf(findings).map(({ finding: { id } }) => id);
  expect(begun(over('short', 5, 7), finding('a', 10), finding('b', 12))).toEqual(['a']);
  expect(begun(over('a', 10, 40), over('b', 48, 78), over('c', 100, 130))).toEqual(['a', 'c']);
  const other = finding('other', 10, { detector: 'another' });
  expect(begun(other, finding('a', 10)).sort()).toEqual(['a', 'other']);
});

test('of short ones in a row nobody is told', () => {
  expect(told(...Array.from({ length: 20 }, (_, index) => over(`f${index}`, 10 + 2 * index, 11 + 2 * index)))).toEqual(
    [],
  );
});

test('nobody is told of what no detector alerts on', () => {
  const { alert: _, ...silent } = finding('a', 10);
  expect(told(silent)).toEqual([]);
  const simplest = simplestPlan();
  const lasting = { ...simplest, guards: { ...simplest.guards, ends: 'back' as const } };
  const after = (minutes: number) => ({ alert: { afterMs: minutes * MINUTE, severity: 'warning' } });
  expect(alerting([simplest, lasting])).toMatchObject([after(5), after(AFTER)]);
});

test('quiet time is that of the set, without its first hour', () => {
  const segment = { name: 'quiet', fromMs: 0, toMs: 200 * MINUTE, shiftedMs: 0, warmUp: true };
  const all = notificationsOf([over('a', 10, 40), finding('b', 100)]);
  expect(minutes(all)).toEqual([30, 120]);
  expect(minutes(inQuietTime(all, { segments: [segment] }))).toEqual([120]);
});
