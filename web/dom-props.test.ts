import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import reachesDocument from './dom-props.ts';

const WEB = fileURLToPath(new URL('.', import.meta.url));

/** Names of the props that `styled.span<{ … }>` declares beside those of the element, wherever one does. */
function declaredProps(): string[] {
  const sources = globSync('**/*.tsx', { cwd: WEB }).map((path) => readFileSync(`${WEB}/${path}`, 'utf8'));
  const declarations = sources.flatMap((source) => [
    ...source.matchAll(/styled(?:\.\w+|\([^()]*\))<\{([^}]*)\}>/g),
    ...source.matchAll(/^\)<\{([^}]*)\}>/gm),
  ]);
  const names = declarations.flatMap(([, fields = '']) =>
    [...fields.matchAll(/(\w+)\??:/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
}

/** These say themselves what they hand on (`shouldForwardProp`), to a part that is ours. */
const FILTERED_BY_ITSELF = ['outdated'];

it('no prop that only a style reads reaches the document', () => {
  const names = declaredProps();
  expect(names).toContain('severity');
  expect(names).toContain('gap');
  expect(names.filter(reachesDocument).filter((name) => !FILTERED_BY_ITSELF.includes(name))).toEqual([]);
});

it('what Emotion itself reads does not', () => {
  expect(['as', 'theme'].filter(reachesDocument)).toEqual([]);
});

it('what an element understands does', () => {
  for (const name of ['href', 'aria-label', 'data-x', 'onClick', 'style', 'title', 'dateTime', 'open', 'children'])
    expect(reachesDocument(name), name).toBe(true);
});
