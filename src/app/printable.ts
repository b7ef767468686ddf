// A tape or a server of somebody else may say anything; a terminal must not obey it.

/** One line of text without control characters: each is shown as U+FFFD. */
export function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\uFFFD');
}

/** The same of text that may have several lines: what is told of a Prometheus' answer may be its own words. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
