import { expect, test } from 'vitest';
import { seriesKey } from '#model/series.ts';
import { makeFinding } from '../../test/conformance/store-fixtures.ts';
import { FORS, toldByFor, toldByForTable } from './told-by-for.ts';

const MINUTE = 60_000;
const HEADER = { segments: [{ name: 'quiet', fromMs: 0, toMs: 1000 * MINUTE, shiftedMs: 0, warmUp: true }] };
const labels = (pod: string) => ({ __name__: 'latency_seconds', pod });

/** Open for so many minutes. */
function finding(pod: string, fromMinute: number, minutes: number) {
  const [startMs, endMs] = [fromMinute * MINUTE, (fromMinute + minutes) * MINUTE];
  const made = makeFinding(`${pod}-${fromMinute}`, { startMs, pod, series: seriesKey(labels(pod)) });
  return { ...made, ...{ seenMs: startMs, confirmedMs: startMs, endMs, closedMs: endMs, closedSeenMs: endMs } };
}

const series = [
  { id: 0, labels: labels('a'), stepMs: MINUTE },
  { id: 1, labels: labels('b'), stepMs: 5 * MINUTE },
];
const counts = (...findings: ReturnType<typeof finding>[]) =>
  toldByFor(findings, { series, header: HEADER }).map(({ quiet, elsewhere }) => [quiet.length, elsewhere]);

test('minutes count where points are dense, points where they are rare', () => {
  expect(FORS).toEqual([2, 5, 10, 15, 20, 30]);
  const told = (open: number) => FORS.map((least) => [open >= least ? 1 : 0, 0]);
  expect(counts(finding('a', 100, 12))).toEqual(told(12));
  expect(counts(finding('b', 100, 50))).toEqual(told(10));
});

test('the first hour is not quiet time', () => {
  expect(counts(finding('a', 20, 6)).slice(0, 3)).toEqual([
    [0, 1],
    [0, 1],
    [0, 0],
  ]);
});

test('sets of a kind with a title are summed, others stand alone with their hours with faults', () => {
  const toldBy = toldByFor([finding('a', 20, 6), finding('a', 100, 12)], { series, header: HEADER });
  const table = toldByForTable(
    [
      { set: { name: 'one', kind: 'nezha' }, toldBy },
      { set: { name: 'x', kind: 'petshop' }, toldBy },
      { set: { name: 'y', kind: 'petshop' }, toldBy },
    ],
    { petshop: 'PetShop' },
  );
  const rows = table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(rows[0]).toEqual(['`for`, at least', 'one: quiet', 'hours with faults', 'PetShop: quiet']);
  expect(rows[3]).toEqual(['5 min, 5 points', '1', '1', '2']);
  expect(rows[4]).toEqual(['10 min, 10 points', '1', '0', '2']);
});
