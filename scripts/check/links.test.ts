import { expect, test } from 'vitest';
import { findDeadLinks } from './links.ts';

const find = (text: string) => {
  const files = new Map([
    ['docs/a.md', text],
    ['docs/b.md', '# One\n## Two words, `code` & more\n## One\n```\n# not a heading\n```\n'],
  ]);
  const known = new Set([...files.keys(), 'docs', 'LICENSE', 'docs/pictures/a b.png']);
  return findDeadLinks(files, (path) => known.has(path));
};

test.each([
  '[b](b.md) and [up](../LICENSE) and [folder](../docs)',
  '[heading](b.md#one), [again](b.md#one-1), [words](b.md#two-words-code--more)',
  '# Here\n[here](#here)',
  '[site](https://example.org/x.md), [mail](mailto:a@example.org)',
  '![picture](pictures/a%20b.png "A title") <img src="pictures/a%20b.png">',
  '`[not a link](none.md)`\n```\n[nor this](none.md)\n```\n',
])('%s leads somewhere', (text) => {
  expect(find(text)).toEqual([]);
});

test.each([
  ['[x](c.md)', 'which is not there'],
  ['![x](pictures/none.png)', 'which is not there'],
  ['<img alt="x" src="none.png">', 'which is not there'],
  ['[x](b.md#three)', 'docs/b.md has no such heading'],
  ['[x](b.md#not-a-heading)', 'no such heading'],
  ['[x](#nowhere)', 'docs/a.md has no such heading'],
  ['[x](../../secret.md)', 'leads out of the repository'],
  ['[x](/LICENSE)', 'leads out of the repository'],
])('%s is found', (text, sentence) => {
  const found = find(`first line\n${text}`);
  expect(found).toEqual([expect.stringContaining(sentence)]);
  expect(found[0]).toContain('docs/a.md:2 links to ');
});
