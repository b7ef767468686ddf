// What a reader is told of a notification: the change of its series, and who else had trouble.
import { expect, test } from 'vitest';
import { type Account, changeAt, type Teller, type Told, toldTable } from './told.ts';

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
const START = 12 * STEP;
const NAN = Number.NaN;

/** Twelve points before `START`, and these from then on. */
function changeOf(before: readonly number[], ...since: readonly number[]) {
  const values = Float64Array.from([...before, ...since]);
  return changeAt({ stepMs: STEP, timesMs: values.map((_, at) => at * STEP), values }, START);
}

const level = (value: number, count = 12) => new Array<number>(count).fill(value);

test.each([
  ['a step stays to the end', level(2), level(10, 20), { before: 2, since: 10, lastedMs: 20 * STEP, isToTheEnd: true }],
  [
    'it is over at the first of two points on the old side of halfway',
    level(2),
    [...level(10), 2, 10, 5, 4, 10],
    { before: 2, since: 10, lastedMs: 14 * STEP, isToTheEnd: false },
  ],
  [
    'what falls is beyond below',
    level(10),
    [...level(2), 9, 9],
    { before: 10, since: 2, lastedMs: 12 * STEP, isToTheEnd: false },
  ],
  [
    'missing points are passed over',
    [NAN, ...level(2, 11)],
    [10, NAN, 10, NAN, 2, NAN, 2],
    { before: 2, since: 6, lastedMs: 4 * STEP, isToTheEnd: false },
  ],
  [
    'what climbs is not there at once',
    level(2),
    [3, 4, 5, ...level(10, 10), 2, 2],
    { before: 2, since: 10, lastedMs: 13 * STEP, isToTheEnd: false },
  ],
  ['a point back at the end is not yet two', level(2), [10, 10, 10, 2], { since: 10, isToTheEnd: true }],
  ['of no change there is no halfway', level(2), level(2), { lastedMs: NAN, isToTheEnd: false }],
  ['nor without a level before', level(NAN), level(2), { before: NAN, since: 2, lastedMs: NAN }],
])('%s', (_, before, since, expected) => {
  expect(changeOf(before, ...since)).toMatchObject(expected);
});

const DAY = 24 * 60 * MINUTE;
const change = { before: 0.02, since: 0.05, lastedMs: 90 * MINUTE, isToTheEnd: false };
const toldAt = (minute: number, service: string, part: Partial<Told> = {}): Told => ({
  ...{ timeMs: minute * MINUTE, service, metric: 'cpu', change },
  ...part,
});
/** One set, by default with one service of its own name; findings as service, and minutes from and to. */
function teller(
  name: string,
  told: readonly Told[],
  found: readonly (readonly [service: string, fromMinute: number, toMinute?: number])[] = [],
  part: Partial<Teller['set']> & { readonly services?: readonly string[] } = {},
): Teller {
  const { services = [name], ...set } = part;
  const findings: Account['findings'] = found.map(([service, from, to]) => ({
    entity: { kind: 'service', namespace: '', name: service },
    seenMs: from * MINUTE,
    ...(to !== undefined && { closedSeenMs: to * MINUTE }),
  }));
  return {
    set: { name, kind: 'jumpstarter', isDated: false, tape: { info: { header: { fromMs: 0, toMs: DAY } } }, ...set },
    account: { told, services, findings, serviceOf: (entity) => entity.name },
  };
}
const cellsOf = (all: readonly Teller[]) =>
  toldTable(all)
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const othersOf = (all: readonly Teller[]) => cellsOf(all)[0]?.at(-1);

test('a row says where, when, of what, by how much and for how long', () => {
  expect(cellsOf([teller('a', [toldAt(100, 'a')])])).toEqual([
    ['a', '100', 'cpu', '0.02', '0.05', '2.5', '1.5', '0 of 0'],
  ]);
  const toTheEnd = { before: 0, since: 27412, lastedMs: 120 * MINUTE, isToTheEnd: true };
  const nothing = { before: NAN, since: 1, lastedMs: NAN, isToTheEnd: false };
  const shop = [toldAt(100, 'cart', { change: toTheEnd }), toldAt(130, 'cart', { change: nothing })];
  expect(cellsOf([teller('shop', shop, [], { isDated: true, services: ['cart', 'ads'] })])).toEqual([
    ['shop', '1970-01-01 01:40', 'cpu of cart', '0', '27400', '–', '2.0, to the end', '0 of 1'],
    ['shop', '1970-01-01 02:10', 'cpu of cart', '–', '1', '–', '–', '0 of 1'],
  ]);
});

test.each<[string, Teller, string]>([
  ['told at the same time', teller('b', [toldAt(110, 'b')]), '1 of 1'],
  ['told later', teller('b', [toldAt(111, 'b')]), '0 of 1'],
  ['a finding that ended ten minutes before', teller('b', [], [['b', 50, 90]]), '1 of 1'],
  ['one that ended earlier', teller('b', [], [['b', 50, 89]]), '0 of 1'],
  ['one that began ten minutes after and is open', teller('b', [], [['b', 110]]), '1 of 1'],
  ['one that began later', teller('b', [], [['b', 111]]), '0 of 1'],
  ['of many services one', teller('b', [], [['x', 95, 120]], { services: ['x', 'y', 'z'] }), '1 of 3'],
  ['of another kind', teller('b', [toldAt(100, 'b')], [], { kind: 'petshop' }), '0 of 0'],
  [
    'recorded at another time',
    teller('b', [toldAt(100, 'b')], [], { tape: { info: { header: { fromMs: DAY, toMs: 2 * DAY } } } }),
    '0 of 0',
  ],
])('others count when they had trouble within ten minutes: %s', (_, other, expected) => {
  expect(othersOf([teller('a', [toldAt(100, 'a')]), other])).toBe(expected);
});

test('its own service is no other', () => {
  const own = teller('a', [toldAt(100, 'a'), toldAt(101, 'a', { metric: 'memory' })], [['a', 90, 120]]);
  expect(othersOf([own])).toBe('0 of 0');
});

test('without a notification it says so', () => {
  expect(toldTable([teller('a', [], [['a', 90, 120]])])).toBe('Nobody was told.');
});
