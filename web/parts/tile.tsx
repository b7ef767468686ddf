// A service or pod as a tile: its colour from what was found on it, its size from its impact, worst ones with the words
// of their worst finding. Quiet ones are small and calm. One element whatever the state, so that a change is a
// transition and not a swap.
import styled from '@emotion/styled';
import type { CSSProperties } from 'react';
import type { Tile } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { metricWords } from '../core/metric-words.ts';
import { entityPath } from '../core/route.ts';
import { unitOf } from '../core/units.ts';
import { atLeast, colour, onState, radius, space, text, transition } from '../theme.ts';
import { BareLink } from './controls.tsx';
import { useReplay, useWords } from './services.ts';
import { SeverityShape } from './severity.tsx';
import { Clip, Hidden, Sigma } from './surface.tsx';

const GROUND: Readonly<Record<Severity, string>> = { red: colour.red, amber: colour.amber, green: colour.surface };
const INK: Readonly<Record<Severity, string>> = { red: onState.white, amber: onState.ink, green: colour.text };

const own = { shouldForwardProp: (name: string) => name !== 'severity' && name !== 'small' };
const Box = styled(
  BareLink,
  own,
)<{ severity: Severity; small: boolean }>(({ severity, small }) => ({
  display: 'flex',
  flexDirection: 'column',
  justifyContent: 'space-between',
  minWidth: 0,
  overflow: 'hidden',
  color: small && severity !== 'green' ? colour[`${severity}Text`] : INK[severity],
  backgroundColor: small ? colour.surface : GROUND[severity],
  border: `1px solid ${severity === 'green' ? colour.line : GROUND[severity]}`,
  borderRadius: radius.normal,
  transition,
  '&:hover': { borderColor: severity === 'green' ? colour.control : colour.text },
  '&:focus-visible': { outlineColor: severity === 'green' ? colour.accent : colour.text },
}));
const Head = styled.span({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  padding: `${space(2)} ${space(3)}`,
  minWidth: 0,
});
const Name = styled(Clip)<{ loud: boolean }>(({ loud }) => ({
  flex: 1,
  fontSize: loud ? '1.1875rem' : text.body,
  fontWeight: loud ? 700 : 400,
}));
const Space = styled.span({ maxWidth: '30%', minWidth: 0, fontSize: text.small });
const Score = styled.span<{ small: boolean }>(({ small }) => ({
  fontSize: small ? text.body : '1.1875rem',
  fontWeight: 700,
  whiteSpace: 'nowrap',
}));
const Words = styled.span<{ severity: Severity }>(({ severity }) => ({
  display: 'block',
  padding: `${space(2)} ${space(3)}`,
  background: severity === 'red' ? onState.redStrip : 'transparent',
  fontSize: text.small,
  lineHeight: 1.5,
}));

/** Quiet tiles stand in columns, as many as the field says; the gap between them is half a rem. */
const SMALL = { flex: '0 0 calc((100% - (var(--columns) - 1) * 0.5rem) / var(--columns))', minHeight: '2.25rem' };

/** Where the tile is among others: its width follows its impact, in rem. */
function sizeOf(tile: Tile): CSSProperties {
  if (tile.severity === 'green') return SMALL;
  const impact = Math.min(1, Math.max(0, tile.impact));
  const loudness = tile.severity === 'red' ? 1 : 0.5;
  return {
    flexBasis: `${14 + 10 * impact * loudness}rem`,
    flexGrow: 1 + 2 * impact * loudness,
    maxWidth: `${20 + 16 * impact * loudness}rem`,
    minHeight: `${6 + 2 * impact * loudness}rem`,
  };
}

interface TileProps {
  readonly tile: Tile;
  readonly small?: boolean;
  /** Its namespace stands beside its name. */
  readonly named?: boolean;
}

/** `small` keeps a loud tile to the size of a quiet one, for neighbours. */
export function EntityTile({ tile, small = false, named = false }: TileProps) {
  const { messages } = useWords();
  const { severity, entity } = tile;
  const loud = severity !== 'green';
  return (
    <Box to={entityPath(entity)} severity={severity} small={small} style={small ? SMALL : sizeOf(tile)}>
      <Head>
        <SeverityShape severity={severity} {...(loud ? { fill: 'currentColor' } : {})} />
        <Name loud={loud && !small}>{entity.name}</Name>
        {named && (
          <Space>
            <Clip>{entity.namespace}</Clip>
          </Space>
        )}
        {loud ? (
          tile.worst !== null && (
            <Score small={small}>
              <Sigma score={tile.worst.score} />
            </Score>
          )
        ) : (
          <Hidden>{messages.severity.green}</Hidden>
        )}
      </Head>
      {loud && !small && (
        <Words severity={severity}>
          <TileWords tile={tile} />
        </Words>
      )}
    </Box>
  );
}

function TileWords({ tile }: { tile: Tile }) {
  const { messages, format, language } = useWords();
  const nowMs = useReplay()?.nowMs ?? 0;
  const { worst, sinceMs } = tile;
  const state =
    tile.severity === 'red'
      ? messages.overview.open(tile.openFindings, sinceMs === null ? '' : format.time(sinceMs))
      : sinceMs === null || sinceMs > nowMs
        ? messages.severity.amber
        : messages.overview.ended(format.ago(sinceMs, nowMs));
  return (
    <>
      {worst !== null && (
        <>
          <b>{metricWords(worst.metric, language)}</b>{' '}
          {messages.overview.peak(format.figure(worst.value, unitOf(worst.metric)), worst.score > 0)}
          {worst.expected !== null &&
            `, ${messages.overview.usually(format.figure(worst.expected, unitOf(worst.metric)))}`}
          <br />
        </>
      )}
      {state}
    </>
  );
}

export const TileField = styled.div({
  '--columns': 2,
  [atLeast.tablet]: { '--columns': 4 },
  [atLeast.desktop]: { '--columns': 5 },
  [atLeast.wide]: { '--columns': 7 },
  display: 'flex',
  flexWrap: 'wrap',
  gap: space(2),
  alignItems: 'stretch',
});
/** Neighbours, in half the page. */
export const NarrowTileField = styled(TileField)({
  [atLeast.desktop]: { '--columns': 2 },
  [atLeast.wide]: { '--columns': 3 },
});
/** Parts the loud tiles from the quiet ones. */
export const TileBreak = styled.span({ flexBasis: '100%', height: 0 });
