import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeFolder } from '../../test/store/parts.ts';
import type { PythonPeer } from '../reference/python-peer.ts';
import { bytesOf, type Duel, fight } from './duel.ts';
import { partOf } from './page.ts';
import type { Section } from './section.ts';

const section: Section = { rows: ['P0'], title: 'some', run: async () => ({ lines: [], versions: {} }) };

test('what differs has no times and no ratio, but says by how much; the others have theirs', async () => {
  using folder = makeFolder();
  const ran: string[] = [];
  const peer: PythonPeer = {
    versions: {},
    async run(name, path) {
      if (path !== undefined) await writeFile(path, bytesOf(Float64Array.of(7)));
      else ran.push(name);
      return { wallSeconds: 1, cpuSeconds: 1 };
    },
    close: async () => {},
  };
  const duel: Duel = {
    ...{ row: 'P0', work: 'some work', ours: () => {} },
    opponents: [
      { name: 'other', target: '2×', check: ([value]) => ({ differs: `5, theirs ${value}` }) },
      { name: 'same', target: '2×', check: ([value]) => `${value} each` },
    ],
  };
  const lines = await fight(duel, peer, folder.path, 3);
  expect(ran).toEqual(['same', 'same', 'same']);
  const [other, same] = partOf({ section, lines, versions: {}, times: 3, load: 1, cores: 2 })
    .split('\n')
    .filter((line) => line.startsWith('| P0'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(other?.slice(1, -1)).toEqual([
    'P0',
    'some work',
    'other',
    '–',
    '–',
    '–',
    '–',
    '**differs: 5, theirs 7**',
    '2×',
  ]);
  expect(same?.[8]).toBe('7 each');
  expect(same?.[6]).toMatch(/^[\d,.]+× \(/);
});
