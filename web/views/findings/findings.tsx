// The list of findings: facets with counts, text search, order, and rows that stay fast at ten thousand. Filters and the
// selected row live in the address, so that a reload or a shared link shows the same.
import styled from '@emotion/styled';
import { useEffect, useRef, useState } from 'react';
import type { FindingList } from '#api/rest/contract.ts';
import type { Query } from '../../core/client.ts';
import { fetchPages } from '../../core/paged.ts';
import { Button, Segmented, TextField } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useFetched, usePlace, useServices, useWords } from '../../parts/services.ts';
import { Muted, PageTitle, Row, Small, Spacer, Stack } from '../../parts/surface.tsx';
import { atLeast, space } from '../../theme.ts';
import { Facets } from './facets.tsx';
import { FindingRows } from './finding-rows.tsx';

const FILTERS = ['state', 'entity', 'service', 'metric', 'text', 'order'] as const;
const FIRST_ROWS = 100;
const MORE_ROWS = 500;

/** A phone has no such keys. */
const KeyHint = styled(Small)({ display: 'none', [atLeast.tablet]: { display: 'inline' } });
const Body = styled.div({
  display: 'grid',
  gap: space(4),
  alignItems: 'start',
  [atLeast.desktop]: { gridTemplateColumns: '12.5rem minmax(0, 1fr)' },
});

export function Findings() {
  const { messages, format } = useWords();
  const { client, location } = useServices();
  const { query } = usePlace();
  const filters: Query = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) || undefined]));
  const [want, setWant] = useState(FIRST_ROWS);
  const key = JSON.stringify(filters);
  const latest = useRef({ filters, want });
  latest.current = { filters, want };
  const list = useFetched(`findings page ${key} ${want}`, () =>
    fetchPages(
      (cursor, limit) => client.get('findings', { ...latest.current.filters, cursor, limit }),
      latest.current.want,
    ),
  );
  const isNew = useNewOnes(list.data);
  const filtered = FILTERS.some((name) => name !== 'order' && filters[name] !== undefined);
  const clear = (): void => location.setQuery(Object.fromEntries(FILTERS.map((name) => [name, undefined])));
  return (
    <Stack>
      <Row gap={3}>
        <PageTitle>{messages.findings.title}</PageTitle>
        <Muted aria-live="polite">{list.data === undefined ? '' : format.number(list.data.total)}</Muted>
        <Spacer />
        <SearchField key={key.includes('"text"') ? 'with' : 'without'} text={query.get('text') ?? ''} />
        <Segmented
          label={messages.findings.order}
          value={query.get('order') === 'worst' ? 'worst' : 'newest'}
          options={(['newest', 'worst'] as const).map((order) => ({
            value: order,
            label: messages.findings.orders[order],
          }))}
          onChange={(order) => location.setQuery({ order: order === 'newest' ? undefined : order })}
        />
        {filtered && (
          <Button type="button" onClick={clear}>
            {messages.findings.clear}
          </Button>
        )}
      </Row>
      {list.data !== undefined && list.data.leftOut > 0 && (
        <Muted>{messages.findings.leftOut(format.number(list.data.leftOut))}</Muted>
      )}
      <Loaded from={list} skeleton={[100]}>
        {(data) => (
          <Body>
            <Facets facets={data.facets} query={query} />
            {data.findings.length > 0 ? (
              <Stack gap={2}>
                <FindingRows
                  list={data}
                  isNew={isNew}
                  onNearEnd={() => data.next !== undefined && setWant(data.findings.length + MORE_ROWS)}
                />
                <KeyHint>{messages.findings.keys}</KeyHint>
              </Stack>
            ) : (
              <EmptyState
                title={filtered ? messages.findings.noMatch : messages.findings.empty}
                {...(filtered ? {} : { next: messages.findings.emptyNext })}
              />
            )}
          </Body>
        )}
      </Loaded>
    </Stack>
  );
}

/** Findings that were not there when the list was first seen. */
function useNewOnes(data: FindingList | undefined): (seenMs: number) => boolean {
  const newest = useRef<number>(undefined);
  if (newest.current === undefined && data !== undefined) {
    newest.current = Math.max(0, ...data.findings.map((finding) => finding.seenMs));
  }
  return (seenMs) => newest.current !== undefined && seenMs > newest.current;
}

const TYPING_MS = 250;

/** Filters when the reader stops typing, not at every letter. */
function SearchField({ text }: { text: string }) {
  const { messages } = useWords();
  const { location } = useServices();
  const [words, setWords] = useState(text);
  useEffect(() => {
    if (words === text) return;
    const timer = setTimeout(() => location.setQuery({ text: words }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, text, location]);
  return (
    <TextField
      type="search"
      aria-label={messages.findings.text}
      placeholder={messages.findings.text}
      value={words}
      maxLength={200}
      onChange={(event) => setWords(event.target.value)}
    />
  );
}
