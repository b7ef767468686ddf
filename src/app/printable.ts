// A tape of somebody else may carry anything in its names; a terminal must not obey it.

/** One line of text without control characters: each is shown as U+FFFD. */
export function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\uFFFD');
}
