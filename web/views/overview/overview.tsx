// The first page: one sentence of state, what users feel, the strip of the day, then services and pods as tiles, the
// worst first. On a quiet day it is nearly empty of colour, and says since when.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { Overview as OverviewData, Tile } from '#api/rest/contract.ts';
import { stateWords } from '../../core/state-words.ts';
import { AlertList } from '../../parts/alert-list.tsx';
import { Link, TextButton } from '../../parts/controls.tsx';
import { EmptyState, Loaded, Skeleton, useCatchingUp } from '../../parts/load-state.tsx';
import { useApi, useIsLive, useReplay, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { DayStrip } from '../../parts/strip/day-strip.tsx';
import { Card, Heading, Hidden, Muted, PageTitle, Row, Small, Stack } from '../../parts/surface.tsx';
import { EntityTile, TileBreak, TileField } from '../../parts/tile.tsx';
import { useControl } from '../../parts/use-control.ts';
import { colour, space } from '../../theme.ts';
import { NothingWatched, Warming } from './cluster-states.tsx';
import { FeltFigures } from './felt.tsx';

export function Overview() {
  const { messages } = useWords();
  const overview = useApi('overview');
  const live = useIsLive();
  return (
    <Stack>
      <Loaded from={overview} skeleton={[8, 68, 60]} heading={messages.overview.title}>
        {(data) => (
          <>
            <StateSentence overview={data} outdated={overview.outdated ?? false} />
            <Recording />
            <DayIsOver />
            {live && isEmpty(data) ? (
              <NothingWatched />
            ) : (
              <Card aria-label={messages.overview.strip}>
                <FeltFigures felt={data.felt} />
                <Strip />
              </Card>
            )}
            <AlertList />
            {!isEmpty(data) ? <Tiles overview={data} /> : live ? null : <NothingYet />}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function isEmpty({ services, pods }: OverviewData): boolean {
  return services.length + pods.length === 0;
}

const Sentence = styled(PageTitle)({
  display: 'flex',
  gap: space(2),
  svg: { width: '1rem', height: '1rem', marginTop: '0.275rem' },
});

/** What was true before a jump is not said of now. */
function StateSentence({ overview, outdated }: { overview: OverviewData; outdated: boolean }) {
  const words = useWords();
  const { messages, format } = words;
  const catchingUp = useCatchingUp();
  const warming = useReplay()?.state === 'warming';
  const { sinceMs, warmingUp } = overview;
  if (catchingUp !== undefined || outdated) return <PageTitle>{catchingUp ?? messages.load.loading}</PageTitle>;
  if (warming) return <Warming />;
  if (isEmpty(overview)) return <Hidden as="h1">{messages.overview.nothing}</Hidden>;
  const { severity, head, rest } = stateWords(overview, words);
  return (
    <div>
      <Sentence title={sinceMs === null ? undefined : format.utc(sinceMs)}>
        <SeverityShape severity={severity} />
        <span aria-live="polite">
          {head}
          <Muted>{rest}</Muted>
        </span>
      </Sentence>
      {warmingUp && <Muted>{messages.overview.warming}</Muted>}
    </div>
  );
}

/** For who sees it the first time: that this is no live cluster, and where its troubles come from. */
function Recording() {
  const { messages } = useWords();
  const tape = useReplay()?.tape;
  const faults = useApi('timeline').data?.faults ?? 0;
  if (useIsLive() || tape === undefined) return null;
  return <Small title={tape.source}>{messages.overview.recording(tape.name, faults)}</Small>;
}

/** At the end of the tape: how many of the faults were seen, and where that is told. */
function DayIsOver() {
  const { messages } = useWords();
  const ended = useReplay()?.state === 'ended';
  const key = useApi('answerKey', ended ? {} : null).data;
  if (!ended || key === undefined || !key.complete || key.faults.length === 0) return null;
  return (
    <Card>
      {messages.overview.over(key.coloured, key.faults.length)}{' '}
      <Link to="/answer-key">{messages.overview.openKey}</Link>
    </Card>
  );
}

function Strip() {
  const replay = useReplay();
  const timeline = useApi('timeline').data;
  const control = useControl();
  if (replay === undefined) return <Skeleton heights={[40]} />;
  return (
    <DayStrip
      replay={replay}
      timeline={timeline}
      size="full"
      onJump={(toMs) => control.send({ action: 'jump', toMs })}
    />
  );
}

function NothingYet() {
  const { messages } = useWords();
  return <EmptyState title={messages.overview.nothing} next={messages.overview.nothingNext} />;
}

function Tiles({ overview }: { overview: OverviewData }) {
  const { messages } = useWords();
  return (
    <>
      <Row gap={4}>
        {(['red', 'amber', 'green'] as const).map((severity) => (
          <Small key={severity}>
            <SeverityShape severity={severity} /> {messages.overview.legend[severity]}
          </Small>
        ))}
      </Row>
      <TileSection title={messages.overview.services} tiles={overview.services} />
      <TileSection title={messages.overview.pods} tiles={overview.pods} />
    </>
  );
}

/** Quiet tiles shown at first, and by how many more come at a time. */
const QUIET_AT_FIRST = 120;
const QUIET_MORE = 500;

const SectionHead = styled.div({ display: 'flex', alignItems: 'baseline', gap: space(2), color: colour.muted });

function TileSection({ title, tiles }: { title: string; tiles: readonly Tile[] }) {
  const { messages, format } = useWords();
  const [most, setMost] = useState(QUIET_AT_FIRST);
  if (tiles.length === 0) return null;
  const loud = tiles.filter((tile) => tile.severity !== 'green');
  const quiet = tiles.filter((tile) => tile.severity === 'green');
  const hidden = quiet.length - most;
  // Where all are of one namespace its name says nothing.
  const named = tiles.some(({ entity }) => entity.namespace !== tiles[0]?.entity.namespace);
  return (
    <Stack as="section" gap={2} aria-label={title}>
      <SectionHead>
        <Heading>{title}</Heading>
        {format.number(tiles.length)}
      </SectionHead>
      <TileField>
        {[
          ...loud.map((tile) => <EntityTile key={keyOf(tile)} tile={tile} named={named} />),
          ...(loud.length > 0 ? [<TileBreak key="break" />] : []),
          ...quiet.slice(0, most).map((tile) => <EntityTile key={keyOf(tile)} tile={tile} named={named} />),
        ]}
      </TileField>
      {hidden > 0 && (
        <div>
          <TextButton type="button" onClick={() => setMost(most + QUIET_MORE)}>
            {messages.overview.moreQuiet(Math.min(hidden, QUIET_MORE))}
          </TextButton>
        </div>
      )}
    </Stack>
  );
}

function keyOf({ entity }: Tile): string {
  return `${entity.kind}/${entity.namespace}/${entity.name}`;
}
