// The typed messages: a language that lacks one does not compile. English is always there; another is fetched when it
// is first chosen, so that nobody pays for words they do not read.
import type { Language } from '../format.ts';
import { en } from './en.ts';

export type Messages = typeof en;

/** A name from a tape in the reader's language when it is one that is known, else as it is. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? (words[name] ?? name) : name.replaceAll('_', ' ');
}

export interface MessagesStore {
  /** English until the language has been loaded. */
  get(language: Language): Messages;
  /** Resolves in any case: without the network the page stays in English. */
  load(language: Language): Promise<void>;
}

export function createMessages(
  fetchers: Readonly<Partial<Record<Language, () => Promise<Messages>>>> = {
    zh: async () => (await import('./zh.ts')).zh,
  },
): MessagesStore {
  const loaded = new Map<Language, Messages>([['en', en]]);
  return {
    get: (language) => loaded.get(language) ?? en,
    async load(language) {
      if (loaded.has(language)) return;
      const messages = await fetchers[language]?.().catch(() => undefined);
      if (messages !== undefined) loaded.set(language, messages);
    },
  };
}
