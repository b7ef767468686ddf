import { expect, it } from 'vitest';
import type { Track } from '#model/score.ts';
import { unscoredLines, unscoredRows } from './unscored.ts';

const track = (detector: string, series: string) => ({ key: `${detector}|${series}`, detector, series }) as Track;
const firsts = {
  timesMs: new Map([
    ['cpu|a', 1],
    ['heap|a', 1],
    ['rate|a', 1],
    ['rate|b', 1],
  ]),
  values: new Map([
    ['cpu|b', 3],
    ['cpu|c', 1000],
    ['heap|b', 1],
  ]),
};
const rows = (...tracks: Track[]) => unscoredRows(tracks, firsts);

it('counts of each detector the series without a score, and the values of the longest of them', () => {
  const all = ['a', 'b', 'c'].map((series) => track('cpu', series));
  expect(rows(...all, track('rate', 'a'), track('', 'z'))).toEqual([
    { detector: 'cpu', series: 3, seriesUnscored: 2, mostValues: 1000 },
  ]);
  expect(rows(track('rate', 'a'), track('rate', 'b'))).toEqual([]);
});

it('says of each that lacks all or most how many, and of the others together', () => {
  const cpu = ['a', 'b', 'c'].map((series) => track('cpu', series));
  const heap = ['a', 'b'].map((series) => track('heap', series));
  const rate = ['a', 'b', 'c'].map((series) => track('rate', series));
  const lines = unscoredLines(rows(...cpu, ...heap, ...rate, track('none', 'a')));
  expect(lines).toEqual([
    'cpu: 2 of its 3 series were not judged: none of their points was scored (1,000 values at most, too few to score by)',
    'none: nothing was judged: no point of its 1 series was scored (there was no value)',
    '2 detectors: 2 of 5 series had too few values to be judged',
  ]);
  expect(unscoredLines(rows(...heap))).toEqual(['heap: 1 of 2 series had too few values to be judged']);
  expect(unscoredLines([])).toEqual([]);
});
