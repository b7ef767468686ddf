// The rows of the list: only those in view are in the document. `j` and `k` move, Enter opens; the selected finding is
// named in the address and stays selected when the list changes around it.
import styled from '@emotion/styled';
import { useEffect, useRef, useState } from 'react';
import type { FindingList, FindingView } from '#api/rest/contract.ts';
import { peakWords } from '../../core/evidence-words.ts';
import { metricWords } from '../../core/metric-words.ts';
import { findingPath } from '../../core/route.ts';
import { scrollToRow, visibleRows } from '../../core/window.ts';
import { BareLink } from '../../parts/controls.tsx';
import { usePlace, useReplay, useServices, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { Clip, Moment, Muted, Sigma } from '../../parts/surface.tsx';
import { atLeast, colour, radius, space, text } from '../../theme.ts';

const COLUMNS = '5rem minmax(8rem, 1.4fr) minmax(8rem, 1.5fr) 4rem 6.75rem 6.5rem';
const NEAR_END = 40;

const Frame = styled.div({
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.normal,
  overflow: 'hidden',
});
const View = styled.div({ overflowY: 'auto', maxHeight: 'max(20rem, calc(100vh - 17rem))', outlineOffset: -2 });
const line = {
  display: 'grid',
  gridTemplateColumns: '5.5rem minmax(0, 1fr) 5rem',
  alignItems: 'center',
  gap: space(3),
  padding: `0 ${space(3)}`,
  [atLeast.tablet]: { gridTemplateColumns: COLUMNS },
  '.wide': { display: 'none', [atLeast.tablet]: { display: 'block' } },
  '.number': { textAlign: 'end' as const },
  '.what': { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' as const },
};
const Head = styled.div({
  ...line,
  height: space(8),
  fontSize: text.small,
  color: colour.muted,
  borderBottom: `1px solid ${colour.line}`,
});
const RowLink = styled(BareLink)({
  ...line,
  height: '100%',
  '&:hover': { background: colour.sunken },
  '&[aria-current="true"]': { background: colour.accentSoft },
  '&:focus-visible': { outlineOffset: -2 },
});
const Rows = styled.ol({ position: 'relative', listStyle: 'none', margin: 0, padding: 0 });
const RowBox = styled.li({ position: 'absolute', insetInline: 0, borderBottom: `1px solid ${colour.line}` });
const State = styled.span<{ loud: boolean }>(({ loud }) => ({
  display: 'flex',
  alignItems: 'center',
  gap: space(1.5),
  fontSize: text.small,
  whiteSpace: 'nowrap',
  color: loud ? colour.redText : colour.muted,
  fontWeight: loud ? 600 : 400,
}));
const New = styled.span({
  marginInlineStart: space(2),
  padding: `0 ${space(1.5)}`,
  fontSize: text.small,
  fontWeight: 600,
  color: colour.accent,
  background: colour.accentSoft,
  borderRadius: radius.small,
});
const Stacked = styled.span({
  minWidth: 0,
  display: 'flex',
  flexDirection: 'column',
  [atLeast.tablet]: { display: 'block' },
});
/** What a phone has no column for, a line each, cut and not wrapped: rows are equally high. */
const Below = styled.span({
  fontSize: text.small,
  color: colour.muted,
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
  [atLeast.tablet]: { display: 'none' },
});

interface RowsProps {
  readonly list: FindingList;
  readonly isNew: (seenMs: number) => boolean;
  readonly onNearEnd: () => void;
}

export function FindingRows({ list, isNew, onNearEnd }: RowsProps) {
  const { messages } = useWords();
  const { location } = useServices();
  const selected = usePlace().query.get('sel') ?? '';
  const view = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const { findings } = list;
  const count = findings.length;
  const [scrollTop, setScrollTop] = useState(0);
  const height = view.current?.clientHeight ?? 800;
  const { first, end } = visibleRows(scrollTop, height, rowHeight, count);
  const at = findings.findIndex((finding) => finding.id === selected);

  useEffect(() => {
    if (end > count - NEAR_END) onNearEnd();
  }, [end, count, onNearEnd]);

  // The focus goes with the selection, unless it is somewhere else on the page.
  useEffect(() => {
    const holder = document.activeElement;
    if (selected === '' || (holder !== document.body && !view.current?.contains(holder))) return;
    view.current?.querySelector<HTMLElement>('[aria-current="true"]')?.focus({ preventScroll: true });
  }, [selected]);

  const select = (index: number): void => {
    const next = findings[Math.min(count - 1, Math.max(0, index))];
    if (next === undefined) return;
    location.setQuery({ sel: next.id });
    const element = view.current;
    if (element === null) return;
    const top = scrollToRow(
      Math.min(count - 1, Math.max(0, index)),
      element.scrollTop,
      element.clientHeight,
      rowHeight,
    );
    if (top !== undefined) element.scrollTop = top;
  };
  useListKeys((key) => {
    if (key === 'j') select(at + 1);
    else if (key === 'k') select(at - 1);
    else if (key === 'Enter' && at >= 0) location.navigate(findingPath(selected));
    else return false;
    return true;
  });

  return (
    <Frame>
      <HeadRow />
      <View ref={view} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
        <Rows aria-label={messages.findings.title} style={{ height: count * rowHeight }}>
          {findings.slice(first, end).map((finding, i) => (
            <FindingRow
              key={finding.id}
              finding={finding}
              place={{ index: first + i, of: list.total, rowHeight }}
              selected={finding.id === selected}
              tabbable={at < 0 ? i === 0 : finding.id === selected}
              isNew={isNew(finding.seenMs)}
            />
          ))}
        </Rows>
      </View>
    </Frame>
  );
}

/** Keys that work anywhere on the page, unless something is typed or pressed. */
function useListKeys(onKey: (key: string) => boolean): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest('input, select, textarea, dialog, button') || (event.key === 'Enter' && target.closest('a')))
        return;
      if (latest.current(event.key)) event.preventDefault();
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

/** A row is as high as its text asks for: three lines on a phone, and more on a wall display. */
function useRowHeight(): number {
  const measure = (): number => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return Math.round(rem * (window.innerWidth < 720 ? 4.75 : 2.25));
  };
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const listener = (): void => setHeight(measure());
    window.addEventListener('resize', listener);
    return () => window.removeEventListener('resize', listener);
  });
  return height;
}

function HeadRow() {
  const { columns } = useWords().messages.findings;
  return (
    <Head aria-hidden="true">
      <span>{columns.state}</span>
      <span>{columns.where}</span>
      <span className="wide">{columns.what}</span>
      <span className="number">{columns.score}</span>
      <span className="wide">{columns.started}</span>
      <span className="wide">{columns.lasted}</span>
    </Head>
  );
}

interface RowProps {
  readonly finding: FindingView;
  readonly place: { readonly index: number; readonly of: number; readonly rowHeight: number };
  readonly selected: boolean;
  readonly tabbable: boolean;
  readonly isNew: boolean;
}

function FindingRow({ finding, place, selected, tabbable, isNew }: RowProps) {
  const words = useWords();
  const { messages, format, language } = words;
  const far = peakWords(finding, words);
  const nowMs = useReplay()?.nowMs ?? finding.seenMs;
  const open = finding.closedMs === undefined;
  const metric = metricWords(finding.peak.metricName, language);
  const call = finding.call === undefined ? '' : `${finding.call.source} → `;
  const lasted = format.duration(Math.max(0, (finding.endMs ?? nowMs) - finding.startMs));
  return (
    <RowBox
      aria-setsize={place.of}
      aria-posinset={place.index + 1}
      style={{ top: place.index * place.rowHeight, height: place.rowHeight }}
    >
      <RowLink to={findingPath(finding.id)} tabbable={tabbable} aria-current={selected ? 'true' : undefined}>
        <State loud={open}>
          <SeverityShape severity={open ? 'red' : 'green'} {...(open ? {} : { fill: 'var(--control)' })} />
          {open ? messages.findings.states.open : messages.findings.states.closed}
        </State>
        <Stacked>
          <Clip>{`${call}${finding.entity.name}`}</Clip>
          <Below>{metric}</Below>
          <Below>{format.moment(finding.startMs)}</Below>
        </Stacked>
        <span className="wide what">
          {metric} <Muted>{far}</Muted>
          {isNew && <New>{messages.findings.isNew}</New>}
        </span>
        <Stacked className="number">
          <b>
            <Sigma score={finding.peak.score} />
          </b>
          <Below>{far}</Below>
        </Stacked>
        <span className="wide">
          <Moment ms={finding.startMs} />
        </span>
        <span className="wide">
          {lasted} {open && <Muted>{messages.findings.untilNow}</Muted>}
        </span>
      </RowLink>
    </RowBox>
  );
}
