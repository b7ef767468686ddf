// The bar on top: product and tape (or cluster, and how old its newest sample is), search, language and theme.
import styled from '@emotion/styled';
import type { LiveState, ReplayState } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { BareLink, Button, Select } from '../../parts/controls.tsx';
import { usePreferences, useReplay, useServices, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { Clip, Small, Spacer } from '../../parts/surface.tsx';
import { atLeast, colour, space, text } from '../../theme.ts';
import { isOld } from './live-notice.tsx';

const Top = styled.header({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  flexWrap: 'wrap',
  minHeight: space(12),
  padding: `${space(2)} ${space(3)}`,
  background: colour.surface,
  borderBottom: `1px solid ${colour.line}`,
  [atLeast.tablet]: { flexWrap: 'nowrap', padding: `0 ${space(4)}` },
});
const Brand = styled(BareLink)({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  fontWeight: 700,
  fontSize: '0.9375rem',
  svg: { width: '1.25rem', height: '1.25rem' },
});
const Tape = styled.span({
  minWidth: 0,
  flexShrink: 1,
  color: colour.muted,
  display: 'none',
  [atLeast.tablet]: { display: 'flex' },
});
/** On a phone a line of its own: what is watched and how old it is must be seen everywhere. */
const Watched = styled(Small)({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  minWidth: 0,
  order: 1,
  flex: '1 0 100%',
  [atLeast.tablet]: { order: 0, flex: '0 1 auto' },
});
const SearchButton = styled(Button)({
  color: colour.muted,
  flex: '9 1 0',
  minWidth: 0,
  justifyContent: 'space-between',
  kbd: { display: 'none', font: 'inherit', fontSize: text.small },
  [atLeast.tablet]: { flex: '0 1 16rem', kbd: { display: 'inline' } },
});
function LiveLine({ replay, live }: { replay: ReplayState; live: LiveState }) {
  const { messages, format } = useWords();
  const { prometheus, series, behindMs } = live;
  const watched = `${messages.entity.count(series)}, ${messages.replay.rate(format.number(replay.samplesPerSecond))}`;
  return (
    <Watched title={prometheus === null ? watched : `${prometheus}: ${watched}`}>
      <Clip>{live.cluster}</Clip>
      <SeverityShape severity={severityOf(replay.state, live)} />
      <span style={{ whiteSpace: 'nowrap' }}>
        <b>{messages.replay.states[replay.state]}</b>
        {behindMs !== null && ` · ${messages.live.newest(format.duration(behindMs), isOld(live))}`}
      </span>
    </Watched>
  );
}

/** Green only while what the word says is so: that of the worst thing the banner tells. */
function severityOf(state: ReplayState['state'], live: LiveState): Severity {
  if (state === 'failed' || live.troubles.some(({ blocking }) => blocking)) return 'red';
  return isOld(live) || live.troubles.length > 0 ? 'amber' : 'green';
}

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { messages, language } = useWords();
  const { preferences, messages: store } = useServices();
  const { theme } = usePreferences();
  const replay = useReplay();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    <Top>
      <Brand to="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--accent)" />
          <path
            d="M4 19c4 0 4-6 8-6s4 6 8 6 4-6 8-6"
            fill="none"
            stroke="var(--onAccent)"
            strokeWidth="3"
            strokeLinecap="round"
          />
        </svg>
        {messages.product}
      </Brand>
      {replay !== undefined &&
        (replay.live ? (
          <LiveLine replay={replay} live={replay.live} />
        ) : (
          <Tape title={replay.tape.source}>
            <Clip>{replay.tape.name}</Clip>
          </Tape>
        ))}
      <Spacer />
      <SearchButton type="button" onClick={onSearch} aria-keyshortcuts="/ Control+K">
        {messages.search.open} <kbd>/</kbd>
      </SearchButton>
      <Button
        type="button"
        style={{ flex: 'none' }}
        lang={other}
        onClick={() => store.load(other).then(() => preferences.set({ language: other }))}
      >
        {other === 'zh' ? '中文' : 'English'}
      </Button>
      <Select
        style={{ flex: 'none', maxWidth: '6.5rem' }}
        aria-label={messages.theme.label}
        value={theme}
        onChange={(event) => preferences.set({ theme: event.target.value as typeof theme })}
      >
        {(['system', 'light', 'dark'] as const).map((name) => (
          <option key={name} value={name}>
            {messages.theme[name]}
          </option>
        ))}
      </Select>
    </Top>
  );
}
