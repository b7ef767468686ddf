// The life of alerts: what findings and time make of them, minute by minute.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import { createLedger } from './ledger.ts';
import { findingOf, MINUTE, T0 } from './test-findings.ts';

const HOLD_MS = 10 * MINUTE;

/** Findings that are stored at a minute. */
type Script = Readonly<Record<number, readonly Finding[]>>;

/** What is told until then, as `minute state`; and the ledger as it is in the end. `restart` loses all that is not stored. */
function play(script: Script, untilMinute: number, { restart = false } = {}) {
  const stored = new Map<string, Alert>();
  let ledger = createLedger([], HOLD_MS);
  const told: { readonly minute: number; readonly alert: Alert }[] = [];
  for (let minute = 0; minute <= untilMinute; minute++) {
    const nowMs = T0 + minute * MINUTE;
    if (restart) ledger = createLedger([...stored.values()], HOLD_MS);
    const step = ledger.step(script[minute] ?? [], nowMs);
    for (const alert of step.put) stored.set(alert.key, alert);
    for (const key of step.forget) stored.delete(key);
    ledger.apply(step, nowMs);
    for (const alert of step.turned) told.push({ minute, alert });
  }
  return { ledger, told, said: told.map(({ minute, alert }) => `${minute} ${alert.state}`) };
}

describe.each([
  ['in one run', false],
  ['over a restart each minute', true],
])('%s', (_, restart) => {
  const said = (script: Script, until = 60) => play(script, until, { restart }).said;

  test.each<readonly [string, Script, readonly string[]]>([
    ['what is open fires after its time', { 0: [findingOf()] }, ['5 firing']],
    ['what is over before is never told', { 0: [findingOf()], 4: [findingOf({ closed: 4 })] }, []],
    [
      'what is over is resolved when it was quiet for the hold',
      { 0: [findingOf()], 20: [findingOf({ closed: 20 })] },
      ['5 firing', '30 resolved'],
    ],
    [
      'what comes back within the hold is the same alert',
      { 0: [findingOf()], 20: [findingOf({ closed: 20 })], 25: [findingOf({ opened: 25 })] },
      ['5 firing'],
    ],
    [
      'what comes back later is told anew, after its time',
      { 0: [findingOf()], 20: [findingOf({ closed: 20 })], 40: [findingOf({ opened: 40 })] },
      ['5 firing', '30 resolved', '45 firing'],
    ],
    ['what is heard of late fires if it still could', { 12: [findingOf({ closed: 7 })] }, ['12 firing', '17 resolved']],
    ['what is long over is not told', { 30: [findingOf({ closed: 7 })] }, []],
    [
      'two findings of the same labels are one alert, as long as one is open',
      {
        0: [findingOf({ id: 'a' }), findingOf({ id: 'b' })],
        10: [findingOf({ id: 'a', closed: 10 })],
        30: [findingOf({ id: 'b', closed: 30 })],
      },
      ['5 firing', '40 resolved'],
    ],
    ['a detector that does not ask for it tells nobody', { 0: [findingOf({ rule: null })] }, []],
    [
      'a detector that does not ask for it any more takes it back',
      { 0: [findingOf()], 10: [findingOf({ rule: null })] },
      ['5 firing', '20 resolved'],
    ],
    [
      'another severity is another alert, and the old one is over',
      { 0: [findingOf()], 10: [findingOf({ rule: { severity: 'critical' } })] },
      ['5 firing', '10 firing', '20 resolved'],
    ],
    [
      'short ones in a row do not add up',
      Object.fromEntries(
        Array.from({ length: 10 }, (_each, index): [number, Finding[]][] => [
          [index * 4, [findingOf({ opened: index * 4 })]],
          [index * 4 + 3, [findingOf({ opened: index * 4, closed: index * 4 + 3 })]],
        ]).flat(),
      ),
      [],
    ],
  ])('%s', (_name, script, expected) => {
    expect(said(script)).toEqual(expected);
  });

  test('what flaps for ten minutes fires at most once and is resolved at most once', () => {
    const flaps = fc.record({
      times: fc.uniqueArray(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 11 }),
      afterMs: fc.constantFrom(1000, MINUTE, 3 * MINUTE),
    });
    fc.assert(
      fc.property(flaps, ({ times, afterMs }) => {
        const ordered = [...times].sort((one, other) => one - other);
        if (ordered.length % 2 === 1) ordered.pop();
        const script: Record<number, Finding[]> = {};
        for (let at = 0; at < ordered.length; at += 2) {
          const [opened = 0, closed = 0] = ordered.slice(at, at + 2);
          script[opened] = [...(script[opened] ?? []), findingOf({ opened, rule: { afterMs } })];
          script[closed] = [...(script[closed] ?? []), findingOf({ opened, closed, rule: { afterMs } })];
        }
        const states = play(script, 40, { restart }).told.map(({ alert }) => alert.state);
        expect([[], ['firing', 'resolved']]).toContainEqual(states);
      }),
    );
  });
});

test('the start is that of the first finding and never moves, and what is read is of the newest', () => {
  const { told, ledger } = play(
    {
      0: [findingOf()],
      6: [findingOf({ score: 20 })],
      20: [findingOf({ closed: 20 })],
      22: [findingOf({ opened: 22 })],
    },
    30,
  );
  const startsMs = T0 - 2 * MINUTE;
  expect(told.map(({ alert }) => alert.startsMs)).toEqual([startsMs]);
  expect(ledger.alerts()).toMatchObject([{ startsMs, link: '/findings/f22', state: 'firing' }]);
});

test('what fires again begins after the end of the one before, and says when that was', () => {
  const { told } = play({ 0: [findingOf()], 20: [findingOf({ closed: 20 })], 40: [findingOf({ opened: 40 })] }, 60);
  expect(told.map(({ alert }) => [alert.state, alert.startsMs - T0, alert.endsMs && alert.endsMs - T0])).toEqual([
    ['firing', -2 * MINUTE, undefined],
    ['resolved', -2 * MINUTE, 20 * MINUTE],
    ['firing', 38 * MINUTE, undefined],
  ]);
});

test('there is no room for more than ten thousand at once, and that is counted', () => {
  const ledger = createLedger([], HOLD_MS);
  const findings = Array.from({ length: 10_002 }, (_, index) => findingOf({ id: `f${index}`, pod: `cart-${index}` }));
  const step = ledger.step(findings, T0);
  expect(step.crowded).toBe(2);
  expect(step.put).toHaveLength(10_000);
});
