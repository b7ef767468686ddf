// Every part in its states on one page, with made-up data: for the eye, and for the tests that open it.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { EvidenceView, SeriesData, Tile } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { EvidenceFacts, SampleFacts } from '../../parts/chart/point-facts.tsx';
import { SampleTable } from '../../parts/chart/sample-table.tsx';
import {
  Button,
  CopyButton,
  Link,
  PrimaryButton,
  Segmented,
  Select,
  TextButton,
  TextField,
} from '../../parts/controls.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/load-state.tsx';
import { useWords } from '../../parts/services.ts';
import { SeverityBadge } from '../../parts/severity.tsx';
import { StatusBox } from '../../parts/status-tile.tsx';
import { DayStrip } from '../../parts/strip/day-strip.tsx';
import { Card, Clip, Heading, Moment, PageTitle, Row, Stack } from '../../parts/surface.tsx';
import { EntityTile, TileBreak, TileField } from '../../parts/tile.tsx';
import { colour, onState, radius, STATE_COLOURS, space, text } from '../../theme.ts';
import { FeltFigures } from '../overview/felt.tsx';
import {
  EXAMPLE_EVIDENCE,
  EXAMPLE_FELT,
  EXAMPLE_REPLAY,
  EXAMPLE_SERIES,
  EXAMPLE_TILES,
  EXAMPLE_TIMELINE,
} from './example-data.ts';

const nothing = (): void => {};

export function Examples() {
  const { messages } = useWords();
  return (
    <Stack>
      <PageTitle>{messages.examples.title}</PageTitle>
      <Colours />
      <Controls />
      <States />
      <StatusTiles />
      <Tiles tiles={EXAMPLE_TILES} />
      <Card>
        <FeltFigures felt={EXAMPLE_FELT} />
      </Card>
      <Strips />
      <Words evidence={EXAMPLE_EVIDENCE} series={EXAMPLE_SERIES} />
      <Loads />
    </Stack>
  );
}

const Swatch = styled.span({
  display: 'inline-flex',
  alignItems: 'end',
  width: '7rem',
  height: space(12),
  padding: space(1),
  fontSize: text.small,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.small,
});

function Colours() {
  return (
    <Card>
      <Heading>theme.ts</Heading>
      <Row style={{ marginTop: space(2) }}>
        {Object.entries(STATE_COLOURS).map(([name, value]) => (
          <Swatch key={name} style={{ background: value, color: onState.ink }}>
            {name} {value}
          </Swatch>
        ))}
        {(['ground', 'surface', 'sunken', 'accentSoft', 'band', 'redSoft', 'amberSoft', 'greenSoft'] as const).map(
          (name) => (
            <Swatch key={name} style={{ background: colour[name] }}>
              {name}
            </Swatch>
          ),
        )}
      </Row>
    </Card>
  );
}

function Controls() {
  const { messages } = useWords();
  const [range, setRange] = useState<'30m' | '2h'>('2h');
  return (
    <Card>
      <Heading>controls.tsx</Heading>
      <Row style={{ marginTop: space(2) }}>
        <PrimaryButton type="button">{messages.replay.play}</PrimaryButton>
        <Button type="button">{messages.retry}</Button>
        <Button type="button" disabled>
          {messages.retry}
        </Button>
        <TextButton type="button">{messages.more}</TextButton>
        <Link to="/examples">{messages.pages.findings}</Link>
        <CopyButton value="./tidewatch run" label={messages.copy} />
        <Segmented
          label={messages.range.label}
          value={range}
          options={(['30m', '2h'] as const).map((value) => ({ value, label: messages.range[value] }))}
          onChange={setRange}
        />
        <Select aria-label={messages.theme.label}>
          <option>{messages.theme.system}</option>
        </Select>
        <TextField aria-label={messages.findings.text} placeholder={messages.findings.text} />
        <span style={{ width: '8rem' }}>
          <Clip>a-name-from-outside-that-is-longer-than-its-place</Clip>
        </span>
        <Moment ms={EXAMPLE_EVIDENCE.timeMs} as="ago" />
      </Row>
    </Card>
  );
}

function States() {
  return (
    <Card>
      <Heading>severity.tsx</Heading>
      <Row style={{ marginTop: space(2) }}>
        {(['red', 'amber', 'green'] satisfies Severity[]).map((severity) => (
          <SeverityBadge key={severity} severity={severity} />
        ))}
      </Row>
    </Card>
  );
}

function StatusTiles() {
  return (
    <Card>
      <Heading>status-tile.tsx</Heading>
      <Row style={{ marginTop: space(2) }}>
        {[0.4, 2.51, -3.51, 11].map((latestScore) => (
          <StatusBox key={latestScore} anomaly={{ status: 'Active', latestScore }} />
        ))}
        <StatusBox
          anomaly={{ status: 'AwaitingMetrics', latestScore: 7.66 }}
          detectors={[
            { name: 'cart-memory', state: 'AwaitingMetrics' },
            { name: 'cart-latency', state: 'Active' },
          ]}
        />
        <StatusBox anomaly={undefined} />
        <StatusBox anomaly={undefined} failed />
      </Row>
    </Card>
  );
}

function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <Stack gap={2}>
      <Heading>tile.tsx</Heading>
      <TileField>
        {tiles.flatMap((tile, i) => [
          ...(tile.severity === 'green' && tiles[i - 1]?.severity !== 'green' ? [<TileBreak key="break" />] : []),
          <EntityTile key={tile.entity.name} tile={tile} />,
        ])}
      </TileField>
    </Stack>
  );
}

function Strips() {
  return (
    <Card>
      <Heading>day-strip.tsx</Heading>
      <DayStrip replay={EXAMPLE_REPLAY} timeline={EXAMPLE_TIMELINE} size="full" onJump={nothing} />
      <DayStrip replay={EXAMPLE_REPLAY} timeline={EXAMPLE_TIMELINE} size="slim" onJump={nothing} />
    </Card>
  );
}

function Words({ evidence, series }: { evidence: EvidenceView; series: SeriesData }) {
  return (
    <Card>
      <Heading>point-facts.tsx</Heading>
      <Row gap={10} style={{ alignItems: 'start', marginTop: space(2) }}>
        <div style={{ flex: '1 1 18rem' }}>
          <EvidenceFacts evidence={evidence} />
        </div>
        <div style={{ flex: '1 1 18rem' }}>
          <SampleFacts data={series} row={2} />
        </div>
      </Row>
      <SampleTable data={series} />
    </Card>
  );
}

function Loads() {
  const { messages } = useWords();
  return (
    <Stack>
      <Heading>load-state.tsx</Heading>
      <Skeleton heights={[8, 16]} />
      <EmptyState title={messages.findings.empty} next={messages.findings.emptyNext} />
      <ErrorState error={new Error('GET /api/overview: 500')} onRetry={nothing} />
    </Stack>
  );
}
