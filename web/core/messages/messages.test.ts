import { expect, test, vi } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { backtestEn } from './backtest-en.ts';
import { backtestZh } from './backtest-zh.ts';
import { en } from './en.ts';
import { createMessages } from './index.ts';
import { zh } from './zh.ts';

test('a language is English until it is loaded, and is fetched once', async () => {
  const fetchZh = vi.fn(async () => zh);
  const messages = createMessages({ zh: fetchZh });
  expect(messages.get('zh')).toBe(en);
  await messages.load('zh');
  await messages.load('zh');
  expect(messages.get('zh')).toBe(zh);
  expect(fetchZh).toHaveBeenCalledOnce();
});

test('a language that cannot be fetched leaves English', async () => {
  const messages = createMessages({ zh: () => Promise.reject(new Error('offline')) });
  await messages.load('zh');
  expect(messages.get('zh')).toBe(en);
});

/** Every message as a path, functions called with figures that can be recognised. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const args = Array.from({ length: value.length }, (_, i) => (path.endsWith('join') ? ['1', '2'] : `⟨${i}⟩`));
    return [[path, String(value(...args))]];
  }
  return Object.entries(value as object).flatMap(([name, child]) => flatten(child, `${path}.${name}`));
}

test('no message is empty or shouts, in either language', () => {
  for (const [path, words] of [...flatten(en), ...flatten(zh), ...flatten(backtestEn), ...flatten(backtestZh)]) {
    expect(words.trim(), path).not.toBe('');
    expect(words, path).not.toMatch(/[!！]/);
    expect(words, path).not.toMatch(/undefined|NaN/);
  }
});

test('both languages tell the same figures', () => {
  const figures = (words: string): string[] => [...new Set(words.match(/⟨\d⟩/g) ?? [])].sort();
  const chinese = new Map([...flatten(zh), ...flatten(backtestZh, 'backtest')]);
  for (const [path, words] of [...flatten(en), ...flatten(backtestEn, 'backtest')]) {
    // A flag that only chooses between two words is not told.
    if (path === '.evidence.least') continue;
    expect(figures(chinese.get(path) ?? ''), path).toEqual(figures(words));
  }
});

test('what each method is, is good for and is bad for is told in Chinese', () => {
  const { methods, shines, fails } = backtestZh;
  for (const words of [methods, shines, fails])
    expect(Object.keys(words).sort()).toEqual(Object.keys(ALGORITHMS).sort());
});
