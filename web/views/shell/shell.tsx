// What is on every page: the bar on top, the replay's controls, the rail of pages, and the last line.
import styled from '@emotion/styled';
import { type ReactNode, useRef, useState } from 'react';
import type { Route } from '../../core/route.ts';
import { BareLink } from '../../parts/controls.tsx';
import { useIsLive, useWords } from '../../parts/services.ts';
import { useChunk } from '../../parts/use-chunk.ts';
import { atLeast, colour, radius, space } from '../../theme.ts';
import { laterViews } from '../chunks.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { LastLine } from './last-line.tsx';
import { LiveNotice } from './live-notice.tsx';
import { type PageLink, usePages } from './pages.ts';
import { ReplayBar } from './replay-bar.tsx';
import { Search } from './search.tsx';
import { TopBar } from './top-bar.tsx';
import { useFreshPage, useGlobalKeys } from './use-page-keys.ts';

const Page = styled.div({ minHeight: '100vh', display: 'flex', flexDirection: 'column' });
const Skip = styled.a({
  position: 'absolute',
  left: space(2),
  top: `-${space(12)}`,
  zIndex: 20,
  padding: `${space(2)} ${space(3)}`,
  color: colour.onAccent,
  background: colour.accent,
  borderRadius: radius.small,
  '&:focus': { top: space(2) },
});
/** A phone has no height to give away. */
const Sticky = styled.div({ [atLeast.tablet]: { position: 'sticky', top: 0, zIndex: 10 } });
const Columns = styled.div({ flex: 1, display: 'flex', minWidth: 0 });
const Rail = styled.nav({
  position: 'fixed',
  insetInline: 0,
  bottom: 0,
  zIndex: 10,
  display: 'flex',
  background: colour.surface,
  borderTop: `1px solid ${colour.line}`,
  [atLeast.desktop]: {
    position: 'sticky',
    top: space(14.5),
    alignSelf: 'flex-start',
    flexDirection: 'column',
    gap: space(1),
    width: '10.5rem',
    flex: 'none',
    padding: `${space(4)} ${space(2)}`,
    background: 'none',
    borderTop: 0,
  },
});
const RailLink = styled(BareLink)({
  flex: 1,
  padding: `${space(3)} ${space(2)}`,
  textAlign: 'center',
  color: colour.muted,
  borderRadius: radius.small,
  whiteSpace: 'nowrap',
  '&:hover': { color: colour.text, background: colour.sunken },
  '&[aria-current="page"]': { color: colour.accent, background: colour.accentSoft, fontWeight: 600 },
  [atLeast.desktop]: { flex: 'none', textAlign: 'start', padding: `${space(1.5)} ${space(3)}` },
});
const Main = styled.main({
  flex: 1,
  minWidth: 0,
  padding: space(3),
  outline: 'none',
  [atLeast.tablet]: { padding: space(4) },
  [atLeast.desktop]: { paddingInlineStart: space(2) },
});
export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  const { messages } = useWords();
  const [open, setOpen] = useState<'search' | 'keys'>();
  const live = useIsLive();
  const pages = usePages();
  const main = useRef<HTMLElement>(null);
  useGlobalKeys(setOpen);
  useFreshPage(main);
  return (
    <Page>
      <Skip href="#main">{messages.skip}</Skip>
      <TopBar onSearch={() => setOpen('search')} />
      <Sticky>
        {live ? <LiveNotice /> : <ReplayBar withStrip={route.page !== 'overview'} />}
        <ConnectionNotice />
      </Sticky>
      <Columns>
        <Rail aria-label={messages.pages.label}>
          {pages.map((page) => (
            <RailLink key={page.path} to={page.path} aria-current={isCurrent(page.name, route) ? 'page' : undefined}>
              {messages.pages[page.name]}
            </RailLink>
          ))}
        </Rail>
        <Main id="main" ref={main} tabIndex={-1}>
          {children}
        </Main>
      </Columns>
      <LastLine />
      {open === 'search' && <Search onClose={() => setOpen(undefined)} />}
      {open === 'keys' && <LaterKeysHelp onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function LaterKeysHelp({ onClose }: { onClose: () => void }) {
  const views = useChunk(laterViews);
  return views === undefined ? null : <views.KeysHelp onClose={onClose} />;
}

function isCurrent(name: PageLink['name'], route: Route): boolean {
  if (name === 'overview') return route.page === 'overview' || route.page === 'entity';
  if (name === 'findings') return route.page === 'findings' || route.page === 'finding';
  return route.page === name;
}
