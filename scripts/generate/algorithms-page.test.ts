import { expect, test } from 'vitest';
import type { Algorithm } from '#detect/contract.ts';
import { NULL_SHARES } from '#detect/null-shares.ts';
import { algorithmsPage } from './algorithms-page.ts';

const create = () => ({ score: () => ({ scores, expected: scores, lower: scores, upper: scores }) });
const scores = new Float64Array(0);
const made = (name: string, params: Algorithm['params']): Algorithm => ({
  name,
  summary: `What ${name} does.`,
  source: 'A book (1999).',
  shines: `Where ${name} shines.`,
  fails: `Where ${name} fails.`,
  params,
  create,
});

test('algorithms come in alphabetical order, each with a link to its section', () => {
  const page = algorithmsPage({ b: made('b', {}), a: made('a', {}) });
  expect(page.indexOf('## a')).toBeLessThan(page.indexOf('## b'));
  expect(page).toContain('| [`a`](#a) | What a does. |');
  expect(page).toContain('It has no parameters.');
  expect(page).toContain('**Good for:** Where a shines.\n\n**Bad for:** Where a fails.\n');
  expect(page).toContain('Source: A book (1999).\n');
});

test('algorithms that were measured have what lies beyond on shapes that are not normal', () => {
  const page = algorithmsPage({ auto: made('auto', {}), b: made('b', {}) });
  const cells = Object.values(NULL_SHARES.auto ?? {}).map(([three, six]) => `${three.toFixed(1)} (${six.toFixed(1)})`);
  expect(cells).toHaveLength(3);
  expect(page.split('\n')).toContain(`| ${['`auto`', ...cells].join(' | ')} |`);
  expect(page).not.toContain('| `b` |');
});

test.each([
  [{ kind: 'number', summary: 's', default: 7_200_000, min: 60_000, unit: 'ms' }, '| 7200000 (2 h) | from 1 min |'],
  [{ kind: 'number', summary: 's', default: 90_500, unit: 'ms' }, '| 90500 (90500 ms) | any |'],
  [
    { kind: 'number', summary: 's', default: 5, min: 1, max: 9, integer: true, unit: 'points' },
    '| 5 points | whole from 1 to 9 |',
  ],
  [{ kind: 'number', summary: 's', default: 0, max: 1 }, '| 0 | to 1 |'],
  [{ kind: 'number', summary: 's', optional: true }, '| none | any |'],
  [{ kind: 'number', summary: 's' }, '| must be given | any |'],
  [{ kind: 'choice', summary: 's', default: 'x', choices: ['x', 'y'] }, '| x | x, y |'],
  [
    { kind: 'text', summary: 's', maxLength: 9, pattern: '.*', expected: 'a word', problem: () => undefined },
    '| none | a word |',
  ],
  [{ kind: 'boolean', summary: 's', default: false }, '| false | true, false |'],
] as const)('a parameter %o is told with its default and its range', (param, cells) => {
  expect(algorithmsPage({ a: made('a', { size: param }) })).toContain(`| \`size\` ${cells} s |`);
});
