// What the reader chose and the browser remembers: language and theme. Storage may be forbidden; then the choice lives
// as long as the page. boot.js reads the same keys before the first paint.
import type { Language } from './format.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

export interface PreferencesStore {
  get(): Preferences;
  set(change: Partial<Preferences>): void;
  subscribe(listener: () => void): () => void;
}

interface Host {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  readonly language: string;
  /** `<html>`, whose language and theme follow. */
  readonly root: { lang: string; readonly dataset: Record<string, string | undefined> };
}

export function createPreferences({ storage, language, root }: Host): PreferencesStore {
  const listeners = new Set<() => void>();
  let current: Preferences = {
    language: (recall(storage, 'language') ?? language).startsWith('zh') ? 'zh' : 'en',
    theme: themeOf(recall(storage, 'theme')),
  };
  const apply = (): void => {
    root.lang = current.language;
    if (current.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = current.theme;
  };
  apply();
  return {
    get: () => current,
    set(change) {
      current = { ...current, ...change };
      remember(storage, 'language', current.language);
      remember(storage, 'theme', current.theme);
      apply();
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function themeOf(word: string | null): Theme {
  return word === 'light' || word === 'dark' ? word : 'system';
}

function recall(storage: Host['storage'], name: string): string | null {
  try {
    return storage?.getItem(`tidewatch.${name}`) ?? null;
  } catch {
    return null;
  }
}

function remember(storage: Host['storage'], name: string, value: string): void {
  try {
    storage?.setItem(`tidewatch.${name}`, value);
  } catch {
    // Full or forbidden: the choice is kept until the page is closed.
  }
}
