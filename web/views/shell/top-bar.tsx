// The bar on top: product and tape, search, language and theme.
import styled from '@emotion/styled';
import { BareLink, Button, Select } from '../../parts/controls.tsx';
import { usePreferences, useReplay, useServices, useWords } from '../../parts/services.ts';
import { Clip, Spacer } from '../../parts/surface.tsx';
import { atLeast, colour, space, text } from '../../theme.ts';

const Top = styled.header({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  height: space(12),
  padding: `0 ${space(3)}`,
  background: colour.surface,
  borderBottom: `1px solid ${colour.line}`,
  [atLeast.tablet]: { padding: `0 ${space(4)}` },
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
const SearchButton = styled(Button)({
  color: colour.muted,
  flex: '0 1 16rem',
  minWidth: 0,
  justifyContent: 'space-between',
  kbd: { display: 'none', font: 'inherit', fontSize: text.small },
  [atLeast.tablet]: { kbd: { display: 'inline' } },
});
export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { messages, language } = useWords();
  const { preferences, messages: store } = useServices();
  const { theme } = usePreferences();
  const tape = useReplay()?.tape;
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
      {tape !== undefined && (
        <Tape title={tape.source}>
          <Clip>{tape.name}</Clip>
        </Tape>
      )}
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
