// A long list that comes page by page. Pages that were loaded are fetched again together when something changed, so
// that the list stays whole and in order; the next page is fetched when the reader comes near the end of what is there.
import type { FindingList } from '#api/rest/contract.ts';

/** The pages from the first on, as one list: as many as it takes for `want` rows, or all there are. */
export async function fetchPages(
  fetchPage: (cursor: string | undefined, limit: number) => Promise<FindingList>,
  want: number,
  pageSize = 500,
): Promise<FindingList> {
  let page = await fetchPage(undefined, Math.min(pageSize, Math.max(1, want)));
  const first = page;
  const findings = [...page.findings];
  const known = new Set(findings.map((finding) => finding.id));
  while (findings.length < want && page.next !== undefined) {
    page = await fetchPage(page.next, pageSize);
    // The list may have moved between two pages: what was shown once is not shown twice.
    for (const finding of page.findings) {
      if (known.has(finding.id)) continue;
      known.add(finding.id);
      findings.push(finding);
    }
  }
  const { next: _first, ...rest } = first;
  return { ...rest, findings, ...(page.next === undefined ? {} : { next: page.next }) };
}
