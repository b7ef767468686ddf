// What generated pages have in common.

export const NOTICE = '<!-- Written by `npm run generate`: change the code, not this page. -->';

/** A table; a `|` in a cell is escaped. Every row has as many cells as the head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
