// A table of the report's page, which scrolls by itself where the window is narrow.
import { html, type Markup } from '../markup.ts';

export type Cell = string | Markup;

/** The first column names the rows; `figures` are the columns of numbers. */
export function tableMarkup(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  figures: readonly number[],
): Markup {
  const look = (column: number) => (figures.includes(column) ? 'figure' : column === head.length - 1 ? 'wide' : '');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table>
<thead><tr>${head.map((name, column) => html`<th scope="col" class="${look(column)}">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell, column) =>
    column === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${look(column)}">${cell}</td>`,
  )}</tr>
`,
)}</tbody></table></div>`;
}
