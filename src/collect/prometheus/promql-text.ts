// Texts in PromQL: in quotes and out of them by Prometheus' own rules (those of Go), and as a pattern that matches only
// itself.

const QUOTED = /[\\"\p{Cc}]/gu;
/** What RE2 gives a meaning (as Go's QuoteMeta). */
const META = /[\\.+*?()|[\]{}^$]/g;
const SIMPLE: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', '"': '"', "'": "'" },
};
const ESCAPE = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;

/** In double quotes, whatever it holds. */
export function quotePromql(text: string): string {
  const escaped = text.replace(QUOTED, (letter) => {
    if (letter === '\\' || letter === '"') return `\\${letter}`;
    const code = letter.charCodeAt(0);
    // From 128 on, \x would be a byte and no letter.
    return code > 127 ? letter : letter === '\n' ? '\\n' : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

/** A pattern that matches this text alone. */
export function escapePattern(text: string): string {
  return text.replace(META, '\\$&');
}

/** What a literal in any of the three quotes stands for; undefined when Prometheus would refuse it. */
export function unquotePromql(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || quote === undefined || !literal.endsWith(quote)) return undefined;
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner.includes('`') ? undefined : inner;
  if (quote !== '"' && quote !== "'") return undefined;
  let text = '';
  for (let at = 0; at < inner.length; at++) {
    const letter = inner[at];
    if (letter === quote || letter === '\n') return undefined;
    if (letter !== '\\') {
      text += letter;
      continue;
    }
    const escaped = readEscape(inner.slice(at + 1, at + 10), quote);
    if (escaped === undefined) return undefined;
    text += escaped.text;
    at += escaped.length;
  }
  return text;
}

function readEscape(after: string, quote: string): { readonly text: string; readonly length: number } | undefined {
  const [letter = ''] = after;
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
  // Each kind of quote escapes only itself.
  if (simple !== undefined) return /["']/.test(letter) && letter !== quote ? undefined : { text: simple, length: 1 };
  const match = ESCAPE.exec(after);
  if (match === null) return undefined;
  const [whole, hex, octal, short, long] = match;
  const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  if (octal !== undefined && code > 255) return undefined;
  return { text: String.fromCodePoint(code), length: whole.length };
}
