import { expect, test, vi } from 'vitest';
import { createPreferences } from './preferences.ts';

function host(stored: Record<string, string> = {}, language = 'en-GB') {
  const root = { lang: '', dataset: {} as Record<string, string | undefined> };
  const storage = {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => {
      stored[key] = value;
    },
    removeItem: () => {},
  };
  return { root, storage, language, stored };
}

test("the browser's language and the system's theme come first", () => {
  const page = host({}, 'zh-CN');
  expect(createPreferences(page).get()).toEqual({ language: 'zh', theme: 'system' });
  expect(page.root).toEqual({ lang: 'zh', dataset: {} });
});

test('a choice is applied, remembered and told', () => {
  const page = host();
  const preferences = createPreferences(page);
  const listener = vi.fn();
  preferences.subscribe(listener);
  preferences.set({ theme: 'dark' });
  preferences.set({ language: 'zh' });
  expect(page.root).toEqual({ lang: 'zh', dataset: { theme: 'dark' } });
  expect(listener).toHaveBeenCalledTimes(2);
  expect(createPreferences(host(page.stored)).get()).toEqual({ language: 'zh', theme: 'dark' });
});

test('forbidden storage and nonsense in it do no harm', () => {
  const page = host({ 'tidewatch.theme': 'pink' });
  expect(createPreferences(page).get().theme).toBe('system');
  const storage = {
    getItem: () => {
      throw new Error('denied');
    },
    setItem: () => {
      throw new Error('denied');
    },
    removeItem: () => {},
  };
  const preferences = createPreferences({ ...page, storage });
  preferences.set({ theme: 'light' });
  expect(preferences.get().theme).toBe('light');
});
