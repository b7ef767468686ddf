// Search over everything that has a page: services, pods, findings, and the pages themselves. `/` or Ctrl-K opens it.
// It is part of the first chunk and opens before the next key: no letter typed after `/` may be lost.
import styled from '@emotion/styled';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { metricWords } from '../../core/metric-words.ts';
import { entityPath, findingPath } from '../../core/route.ts';
import { TextField } from '../../parts/controls.tsx';
import { useApi, useServices, useWords } from '../../parts/services.ts';
import { Clip, Small } from '../../parts/surface.tsx';
import { colour, radius, space, text } from '../../theme.ts';
import { usePages } from './pages.ts';

interface Hit {
  readonly kind: 'page' | 'service' | 'pod' | 'finding' | 'node' | 'other';
  readonly name: string;
  readonly note: string;
  readonly to: string;
}

const MOST = 12;

export const Dialog = styled.dialog({
  width: 'min(40rem, calc(100vw - 2rem))',
  margin: '10vh auto 0',
  padding: 0,
  color: colour.text,
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.normal,
  boxShadow: '0 8px 32px rgb(0 0 0 / 0.25)',
  '&::backdrop': { background: 'rgb(0 0 0 / 0.4)' },
});
const Field = styled(TextField)({
  width: '100%',
  height: space(12),
  padding: `0 ${space(4)}`,
  border: 0,
  borderBottom: `1px solid ${colour.line}`,
  borderRadius: 0,
  outlineOffset: -2,
});
const List = styled.ul({ listStyle: 'none', margin: 0, padding: space(2), maxHeight: '60vh', overflowY: 'auto' });
const Item = styled.li({
  display: 'flex',
  alignItems: 'baseline',
  gap: space(3),
  padding: `${space(1.5)} ${space(2)}`,
  borderRadius: radius.small,
  cursor: 'pointer',
  '&[aria-selected="true"]': { background: colour.accentSoft },
  small: { flex: '0 0 4.5rem', fontSize: text.small, color: colour.muted },
});
const Hint = styled.p({ margin: 0, padding: `${space(2)} ${space(4)}`, borderTop: `1px solid ${colour.line}` });

/** Open as long as it is drawn. */
export function Search({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { messages } = useWords();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <Dialog ref={dialog} onClose={onClose} aria-label={messages.search.open}>
      <SearchBody onClose={onClose} />
    </Dialog>
  );
}

function SearchBody({ onClose }: { onClose: () => void }) {
  const { messages } = useWords();
  const { location } = useServices();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState(0);
  const hits = useHits(words);
  const go = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    onClose();
    location.navigate(hit.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setChosen((at) => (at + move + hits.length) % Math.max(1, hits.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(hits[chosen]);
    }
  };
  return (
    <>
      <Field
        autoFocus
        type="text"
        role="combobox"
        aria-label={messages.search.placeholder}
        aria-expanded="true"
        aria-controls="search-hits"
        aria-activedescendant={hits[chosen] === undefined ? undefined : `hit-${chosen}`}
        placeholder={messages.search.placeholder}
        value={words}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setWords(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <List id="search-hits" role="listbox" aria-label={messages.search.open}>
        {hits.map((hit, i) => (
          <Item
            key={`${hit.kind}${hit.to}`}
            id={`hit-${i}`}
            role="option"
            aria-selected={i === chosen}
            onPointerMove={() => setChosen(i)}
            onClick={() => go(hit)}
          >
            <small>{messages.search.kinds[hit.kind]}</small>
            <Clip>{hit.name}</Clip>
            {hit.note !== '' && <Small>{hit.note}</Small>}
          </Item>
        ))}
      </List>
      <Hint>
        <Small>{hits.length === 0 ? messages.search.empty : messages.search.hint}</Small>
      </Hint>
    </>
  );
}

function useHits(words: string): Hit[] {
  const { messages, format, language } = useWords();
  const overview = useApi('overview').data;
  const text = words.trim();
  const findings = useApi('findings', text === '' ? null : { text, limit: 6 }).data;
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (name: string): boolean => parts.every((part) => name.toLowerCase().includes(part));
  const pages: Hit[] = usePages().map((page) => ({
    kind: 'page',
    name: messages.pages[page.name],
    note: '',
    to: page.path,
  }));
  const tiles = [...(overview?.services ?? []), ...(overview?.pods ?? [])].map(
    ({ entity, severity }): Hit => ({
      kind: entity.kind,
      name: entity.name,
      note: severity === 'green' ? '' : messages.severity[severity],
      to: entityPath(entity),
    }),
  );
  const found = (text === '' ? [] : (findings?.findings ?? [])).map(
    (finding): Hit => ({
      kind: 'finding',
      name: `${finding.entity.name}: ${metricWords(finding.metric, language)}`,
      note: `${format.sigma(finding.peak.score)} ${format.moment(finding.startMs)}`,
      to: findingPath(finding.id),
    }),
  );
  return [...pages.filter((hit) => fits(hit.name)), ...tiles.filter((hit) => fits(hit.name)).slice(0, MOST), ...found];
}
