import { expect, test } from 'vitest';
import type { Line } from './duel.ts';
import { type Measured, partOf, speedPage } from './page.ts';
import type { Section } from './section.ts';

const sectionOf = (title: string, ...rows: string[]): Section => ({
  ...{ rows, title },
  run: async () => ({ lines: [], versions: {} }),
});
const FIRST = sectionOf('one', 'P1');
const SECOND = sectionOf('two', 'P2', 'P3');

function measured(section: Section, faster: string): Measured {
  const line: Line = {
    ...{ row: section.rows[0] ?? '', work: 'some work', peer: 'rival', ours: '1', theirs: '2' },
    ...{ faster, lessCpu: '2×', equal: 'to 0', target: 'shown' },
  };
  return { section, lines: [line], versions: { rival: '1.2' }, times: 5, load: 1, cores: 2 };
}

test('a part says who was faster, and against which version', () => {
  const won = partOf(measured(FIRST, '2× (1–3)'));
  expect(won).toMatch(/^## P1: one\n/);
  expect(won).toContain('rival 1.2.');
  expect(won).not.toContain('the faster one');
  expect(partOf(measured(SECOND, '0.5× (0.4–1,200)'))).toContain('**The peer is the faster one** in P2 (rival).');
  expect(partOf(measured(SECOND, '1,200× (900–1,500)'))).not.toContain('the faster one');
});

test('a part measured anew takes the place of the former, and the others stay as they were', () => {
  const sections = [FIRST, SECOND];
  const second = partOf(measured(SECOND, '2× (1–3)'));
  const alone = speedPage('', sections, new Map([[SECOND, second]]));
  expect(alone.match(/^## .*$/gm)).toEqual(['## P2, P3: two']);
  const both = speedPage(alone, sections, new Map([[FIRST, partOf(measured(FIRST, '9× (8–10)'))]]));
  expect(both.match(/^## .*$/gm)).toEqual(['## P1: one', '## P2, P3: two']);
  expect(both).toContain(second.trimEnd());
  const again = speedPage(both, sections, new Map([[FIRST, partOf(measured(FIRST, '7× (6–8)'))]]));
  expect(again).toContain('7×');
  expect(again).not.toContain('9×');
});
