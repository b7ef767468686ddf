import { expect, it } from 'vitest';
import { readYaml } from './yaml-file.ts';

const read = (text: string) => readYaml(text, 'a.yaml')[0]?.value;
const messagesOf = (text: string) => readYaml(text, 'a.yaml').flatMap(({ problems }) => problems.map((p) => p.message));

// Each as `kubectl label --local -o json` prints it (v1.36.1).
it.each([
  ['{b: &b {a: "1", b: "2"}, x: {a: "9", <<: *b}}', { a: '1', b: '2' }],
  ['{b: &b {a: "1", b: "2"}, x: {<<: *b, a: "9"}}', { a: '9', b: '2' }],
  ['x: {<<: [{a: u, c: v}, {a: w}]}', { a: 'u', c: 'v' }],
  ['x: {<<: {a: u, c: w}, <<: {a: v}}', { a: 'v', c: 'w' }],
  ['x: {"<<": q}', { '<<': 'q' }],
])('merges as kubectl does: %s', (text, expected) => {
  expect(read(text)).toMatchObject({ x: expected });
});

it('merges what was merged itself, and takes the anchor that was written last', () => {
  expect(read('{a: &a {k: 1}, b: &b {<<: *a, m: 2}, c: {<<: *b}}')).toMatchObject({ c: { k: 1, m: 2 } });
  expect(read('[&a 1, *a, &a 2, *a]')).toEqual([1, 1, 2, 2]);
});

it('tells of what was merged where that was done', () => {
  const [document] = readYaml('a: &a\n  k: 1\nb:\n  <<: *a\n', 'a.yaml');
  expect(document?.placeOf(['b', 'k'], false)).toEqual({ line: 4, column: 3 });
});

it('follows no merge without end or measure', () => {
  expect(messagesOf('a: &a {<<: *a}')).toEqual(['the anchor a holds itself']);
  expect(messagesOf('a: &a [*a]')).toEqual(['the anchor a holds itself']);
  expect(messagesOf('a: {<<: 3}')).toEqual(['expected a mapping, or a list of them, to merge with <<']);
  const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} {<<: [*l${n}, *l${n}]}`);
  expect(messagesOf(`l0: &l0 {k: 1}\n${levels.join('\n')}`)).toEqual([
    expect.stringContaining('Excessive alias count'),
  ]);
});
