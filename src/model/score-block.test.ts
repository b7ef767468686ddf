import { expect, test } from 'vitest';
import { emptyBlock, FIGURES, mapColumns, type ScoreBlock, setPoints, takeRows } from './score-block.ts';

/** A block in which every cell tells its column and its row. */
function blockOf(rows: number): ScoreBlock {
  const block = emptyBlock(rows);
  FIGURES.forEach((name, column) => {
    for (let row = 0; row < rows; row++) block[name][row] = column * 100 + row;
  });
  for (let row = 0; row < rows; row++) {
    block.tracks[row] = 700 + row;
    block.flags[row] = row;
  }
  return block;
}

test('an empty block has rows without figures, and no column is left out', () => {
  const block = emptyBlock(2);
  expect(Object.keys(block).sort()).toEqual([...FIGURES, 'flags', 'tracks'].sort());
  expect(Number.isNaN(block.scores[1])).toBe(true);
  expect([...block.timesMs, ...block.flags, ...block.tracks]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('rows are taken in the order asked for, every column alike', () => {
  const taken = takeRows(blockOf(4), [3, 0, 3]);
  FIGURES.forEach((name, column) => {
    expect([...taken[name]]).toEqual([3, 0, 3].map((row) => column * 100 + row));
  });
  expect([...taken.tracks]).toEqual([703, 700, 703]);
  expect([...taken.flags]).toEqual([3, 0, 3]);
});

test('points are set from a row on, and the numbers of the tracks are left alone', () => {
  const to = emptyBlock(5);
  setPoints(to, blockOf(2), 3);
  expect([...to.upper.slice(3)]).toEqual([600, 601]);
  expect([...to.flags]).toEqual([0, 0, 0, 0, 1]);
  expect([...to.tracks]).toEqual([0, 0, 0, 0, 0]);
});

test('a change is made to every column', () => {
  const halves = mapColumns(blockOf(4), (column) => column.slice(0, 2) as typeof column);
  for (const column of Object.values(halves)) expect(column).toHaveLength(2);
});
