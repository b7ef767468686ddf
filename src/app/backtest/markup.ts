// Markup with what is put into it escaped: a name that somebody gave a pod or a detector is text, whatever letters it has.

/** Markup that may be put into other markup as it is. */
export interface Markup {
  readonly markup: string;
}

export type Put = string | number | Markup | readonly Markup[];

/** A template's own letters are markup; strings and numbers that are put into it are text. */
export function html(parts: TemplateStringsArray, ...puts: readonly Put[]): Markup {
  return { markup: parts.map((part, index) => part + (index < puts.length ? textOf(puts[index] ?? '') : '')).join('') };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Good within text and within attributes in quotes, of HTML and of XML. What no XML may hold is shown as U+FFFD. */
export function escapeMarkup(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? '')
  );
}

function textOf(put: Put): string {
  if (typeof put === 'string') return escapeMarkup(put);
  if (typeof put === 'number') return String(put);
  return isList(put) ? put.map(({ markup }) => markup).join('') : put.markup;
}

function isList(put: Markup | readonly Markup[]): put is readonly Markup[] {
  return Array.isArray(put);
}
