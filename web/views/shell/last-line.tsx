// The last line of every page: the command that watches the reader's own cluster, and where the data lies.
import styled from '@emotion/styled';
import { CopyButton } from '../../parts/controls.tsx';
import { useApi, useIsLive, useWords } from '../../parts/services.ts';
import { Mono, Small, Spacer } from '../../parts/surface.tsx';
import { atLeast, colour, radius, space, text } from '../../theme.ts';

const Foot = styled.footer({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: `${space(2)} ${space(4)}`,
  padding: `${space(3)} ${space(4)}`,
  marginBottom: space(12),
  borderTop: `1px solid ${colour.line}`,
  color: colour.muted,
  fontSize: text.small,
  code: {
    padding: `${space(1)} ${space(2)}`,
    background: colour.sunken,
    color: colour.text,
    borderRadius: radius.small,
    overflowWrap: 'anywhere',
  },
  [atLeast.desktop]: { marginBottom: 0 },
});
export function LastLine() {
  const { messages } = useWords();
  const live = useIsLive();
  const about = useApi('about').data;
  if (about === undefined) return <Foot />;
  return (
    <Foot>
      {!live && (
        <>
          <span>{messages.footer.watch}</span>
          <Mono as="code">{about.watchCommand}</Mono>
          <CopyButton value={about.watchCommand} label={messages.copy} name={messages.footer.copyCommand} />
        </>
      )}
      <Spacer />
      <Small>
        {messages.product} {about.version}
      </Small>
      <Small>{messages.footer.data(about.data)}</Small>
    </Foot>
  );
}
