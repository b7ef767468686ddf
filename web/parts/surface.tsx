// What content stands on: cards, headings, tables, and the small pieces of text that most pages use.
import styled from '@emotion/styled';
import { atLeast, colour, mono, radius, space, text } from '../theme.ts';
import { useReplay, useWords } from './services.ts';

export const Card = styled.section({
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.normal,
  padding: space(3),
  minWidth: 0,
  [atLeast.tablet]: { padding: space(4) },
});

export const PageTitle = styled.h1({ margin: 0, fontSize: text.large, lineHeight: 1.35, fontWeight: 650 });
export const Heading = styled.h2({ margin: 0, fontSize: text.body, lineHeight: 1.43, fontWeight: 650 });
export const Muted = styled.span({ color: colour.muted });
export const Small = styled.span({ color: colour.muted, fontSize: text.small });
export const Mono = styled.span({ fontFamily: mono, fontSize: '0.8125rem' });

export const Stack = styled.div<{ gap?: number }>(({ gap = 4 }) => ({
  display: 'flex',
  flexDirection: 'column',
  gap: space(gap),
  minWidth: 0,
}));
export const Row = styled.div<{ gap?: number }>(({ gap = 2 }) => ({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: space(gap),
  minWidth: 0,
}));
export const Spacer = styled.span({ flex: 1 });

export const Meter = styled.progress({ width: '6rem', height: space(1.5), accentColor: colour.accent });

/** Wide tables scroll in themselves, never the page. */
export const Scroll = styled.div({ overflowX: 'auto', margin: `0 -${space(1)}`, padding: `0 ${space(1)}` });
export const Table = styled.table({
  width: '100%',
  borderCollapse: 'collapse',
  'th, td': {
    padding: `${space(1.5)} ${space(1)}`,
    textAlign: 'start',
    verticalAlign: 'baseline',
    [atLeast.tablet]: { paddingInline: space(2) },
  },
  'tr > :first-child': { paddingInlineStart: 0 },
  'tr > :last-child': { paddingInlineEnd: 0 },
  th: { fontSize: text.small, fontWeight: 500, color: colour.muted, whiteSpace: 'nowrap' },
  'tbody th': { font: 'inherit', color: 'inherit' },
  'tbody tr': { borderTop: `1px solid ${colour.line}` },
  '.number': { textAlign: 'end', whiteSpace: 'nowrap' },
  // On a phone only what matters most has room.
  '.wide': { display: 'none', [atLeast.tablet]: { display: 'table-cell' } },
  '.narrow': { [atLeast.tablet]: { display: 'none' } },
});

/** Read by screen readers only. */
export const Hidden = styled.span({
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
});

const ClipBox = styled.span({
  display: 'inline-flex',
  maxWidth: '100%',
  minWidth: 0,
  whiteSpace: 'pre',
  verticalAlign: 'bottom',
});
const Head = styled.span({ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' });

/** What names of pods differ by is behind their last hyphen. */
const TAIL = /-[^-\s]{1,8}$/;

/** A name from outside: text and nothing else, cut where it must be but not at its tail, whole on hover. */
export function Clip({ children, className }: { children: string; className?: string }) {
  const tail = TAIL.exec(children)?.[0] ?? '';
  return (
    <ClipBox title={children} className={className}>
      <Head>{children.slice(0, children.length - tail.length)}</Head>
      {tail}
    </ClipBox>
  );
}

/** A score, with what its unit means on hover. */
export function Sigma({ score }: { score: number }) {
  const { messages, format } = useWords();
  return <span title={messages.chart.sigma}>{format.sigma(score)}</span>;
}

/** A moment: in the reader's zone, or as how long ago; the exact one in UTC on hover. */
export function Moment({ ms, as = 'moment' }: { ms: number; as?: 'moment' | 'time' | 'clock' | 'ago' }) {
  const { format } = useWords();
  const nowMs = useReplay()?.nowMs;
  // What is ahead of the playhead, as after a jump back, is told by its time.
  const ago = as === 'ago' && nowMs !== undefined && ms <= nowMs;
  const words = ago ? format.ago(ms, nowMs) : format[as === 'ago' ? 'moment' : as](ms);
  const exact = as === 'ago' ? `${format.moment(ms)} ${format.zone(ms)} · ${format.utc(ms)}` : format.utc(ms);
  return (
    <time
      dateTime={Number.isFinite(ms) ? new Date(ms).toISOString() : undefined}
      title={exact}
      style={{ whiteSpace: 'nowrap' }}
    >
      {words}
    </time>
  );
}
