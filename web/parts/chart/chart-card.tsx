// A family of series as one card: the chart of one member, the words beside it, a choice of the near copies, downloads,
// and its samples as a table for those who cannot see it.
import styled from '@emotion/styled';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { EntityRef, EvidenceView, SeriesData, SeriesSummary } from '#api/rest/contract.ts';
import { toCsv } from '../../core/chart-data.ts';
import { boundsOf, type ChartRange, rangeKey } from '../../core/chart-range.ts';
import { createChunk } from '../../core/chunk.ts';
import { isMissing } from '../../core/client.ts';
import { byText, memberNames, ownerBeside } from '../../core/families.ts';
import { metricWords } from '../../core/metric-words.ts';
import { backtestPath } from '../../core/route.ts';
import { createTimeScale } from '../../core/time-scale.ts';
import { unitOf } from '../../core/units.ts';
import { atLeast, colour, space } from '../../theme.ts';
import { Button, Link, Segmented } from '../controls.tsx';
import { Loaded } from '../load-state.tsx';
import { useApi, useFetched, usePalette, useSegments, useServices, useWords } from '../services.ts';
import { SeverityBadge } from '../severity.tsx';
import { Card, Heading, Muted, Row, Small, Spacer } from '../surface.tsx';
import { useChunk } from '../use-chunk.ts';
import { fileName, onGround, saveFile } from './download.ts';
import { EvidenceFacts, SampleFacts } from './point-facts.tsx';
import { SampleTable } from './sample-table.tsx';

/** Asked for as soon as a page with charts is, not only when the first series has arrived. */
const plotChunk = createChunk(() => import('./plot.tsx'));
plotChunk.load().catch(() => undefined);

/** In CSS pixels. */
const HEIGHT = { many: 270, alone: 280 } as const;

/** A break between segments is drawn this wide at most. */
const GAP_MS = 5 * 60_000;

export interface Range {
  readonly range: ChartRange;
  readonly onZoom: (range: ChartRange | undefined) => void;
  /** Charts of one group share their crosshair. */
  readonly group: string;
  /** The one chart of a page is higher, and its words do not repeat the page's sentence. */
  readonly alone?: boolean;
  /** Whose page it is: the chart of another's series says whose it is. */
  readonly of?: EntityRef;
}

interface ChartCardProps extends Range {
  readonly members: readonly SeriesSummary[];
  readonly nowMs: number;
  /** What to say while the pointer is elsewhere. */
  readonly evidence?: EvidenceView;
}

const Columns = styled.div({
  display: 'grid',
  gap: space(4),
  marginTop: space(2),
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 1fr) 19rem' },
});
const Side = styled.div({
  minWidth: 0,
  // Words that come later, those of a finding or of another sample, must not move what is below.
  minHeight: '9rem',
  [atLeast.desktop]: {
    height: '18rem',
    overflowY: 'auto',
    borderInlineStart: `1px solid ${colour.line}`,
    paddingInlineStart: space(4),
  },
});
/** As high with a badge and a choice as without. */
const HeadRow = styled(Row)({ minHeight: '2rem' });

export function ChartCard({ members, nowMs, evidence, of, ...range }: ChartCardProps) {
  const { messages, language } = useWords();
  const [chosen, choose] = useState<string>();
  const evident = members.find((one) => one.series === evidence?.series);
  const one = members.find((member) => member.track === chosen) ?? evident ?? members[0];
  if (one === undefined) return null;
  const title = metricWords(one.metric, language);
  const names = memberNames(members, messages.entity.sides);
  const whose = ownerBeside(one, of);
  return (
    <Card aria-label={whose === undefined ? title : `${title}, ${whose}`}>
      <HeadRow>
        <Heading as="h3" title={one.series}>
          {title}
        </Heading>
        {whose !== undefined && <Muted>{whose}</Muted>}
        {one.call !== undefined && <Muted>{messages.entity.call(one.call.source, one.call.destination)}</Muted>}
        {one.openFinding !== null && <SeverityBadge severity="red" label={messages.chart.legendOpen} />}
        <Spacer />
        {members.length > 1 && (
          <Segmented
            label={messages.entity.count(members.length)}
            value={one.track}
            options={members
              .slice(0, 5)
              .map((member, i) => ({ value: member.track, label: (names[i] ?? '').slice(0, 32), title: member.series }))
              // The worst is chosen; where each is found does not change with it.
              .sort((a, b) => byText(a.title, b.title) || byText(a.value, b.value))}
            onChange={choose}
          />
        )}
      </HeadRow>
      {one.measured ? (
        <TrackChart key={one.track} one={one} nowMs={nowMs} evidence={evidence} {...range} />
      ) : (
        <p>
          <Muted>{messages.chart.notMeasured}</Muted>
        </p>
      )}
    </Card>
  );
}

interface TrackChartProps extends Range {
  readonly one: SeriesSummary;
  readonly nowMs: number;
  readonly evidence: EvidenceView | undefined;
}

function TrackChart({ one, nowMs, evidence: given, ...range }: TrackChartProps) {
  const { client } = useServices();
  const segments = useSegments();
  const bounds = boundsOf(range.range, nowMs, segments);
  // The query follows now without naming it in the key, so that a chart that moves on keeps what it shows.
  const latest = useRef(bounds);
  latest.current = bounds;
  const fetched = useFetched(`series ${one.track} ${rangeKey(range.range)}`, () =>
    client.get('series', {
      track: one.track,
      fromMs: Math.min(latest.current.fromMs, latest.current.toMs),
      toMs: latest.current.toMs,
    }),
  );
  const open = useApi('finding', given === undefined && one.openFinding !== null ? { id: one.openFinding } : null);
  const evidence = given ?? open.data?.peak;
  return (
    <Loaded from={fetched} skeleton={[72]} onError={(error) => (isMissing(error) ? <Empty /> : undefined)}>
      {(data) => (
        <ChartWithWords
          data={data}
          bounds={bounds}
          evidence={evidence?.series === one.series ? evidence : undefined}
          {...range}
        />
      )}
    </Loaded>
  );
}

/** As high as a chart, so that what is below stays where it is when samples arrive. */
function Empty() {
  const { messages } = useWords();
  return (
    <p style={{ minHeight: '18rem' }}>
      <Muted>{messages.chart.empty}</Muted>
    </p>
  );
}

interface ChartWithWordsProps extends Range {
  readonly data: SeriesData;
  readonly bounds: { readonly fromMs: number; readonly toMs: number };
  readonly evidence: EvidenceView | undefined;
}

function ChartWithWords({ data, bounds, range, evidence, group, onZoom, alone = false }: ChartWithWordsProps) {
  const { messages, language } = useWords();
  const segments = useSegments();
  const plot = useChunk(plotChunk);
  const [row, setRow] = useState<number>();
  const canvas = useRef<HTMLCanvasElement>(undefined);
  const scale = useMemo(() => createTimeScale(segments, GAP_MS), [segments]);
  const title = metricWords(data.metric, language);
  const zoom = useCallback(
    (from: number, to: number) => onZoom({ kind: 'chosen', fromMs: scale.toMs(from), toMs: scale.toMs(to) }),
    [onZoom, scale],
  );
  if (data.timesMs.length === 0) return <Empty />;
  const shownRow = row !== undefined && row < data.timesMs.length ? row : undefined;
  return (
    <div>
      <Columns>
        {plot === undefined ? (
          <div style={{ height: HEIGHT[alone ? 'alone' : 'many'] }} />
        ) : (
          <plot.default
            data={data}
            scale={scale}
            from={scale.toX(bounds.fromMs)}
            to={scale.toX(bounds.toMs)}
            unit={unitOf(data.metric)}
            group={group}
            height={HEIGHT[alone ? 'alone' : 'many']}
            label={messages.chart.of(title)}
            onCursor={setRow}
            onZoom={zoom}
            onReset={() => onZoom(undefined)}
            onCanvas={(made) => {
              canvas.current = made;
            }}
          />
        )}
        <Side>
          {shownRow === undefined && evidence !== undefined ? (
            <EvidenceFacts evidence={evidence} withSentence={!alone} />
          ) : (
            <SampleFacts data={data} row={shownRow ?? data.timesMs.length - 1} />
          )}
        </Side>
      </Columns>
      <Row style={{ marginTop: space(2) }}>
        <SampleTable data={data} />
        <Spacer />
        <Link to={backtestPath(data.track, range.kind === 'chosen' ? bounds : undefined)}>
          <Small style={{ color: 'inherit' }}>{messages.chart.tryOther}</Small>
        </Link>
        <Downloads data={data} title={title} canvas={() => canvas.current} />
      </Row>
    </div>
  );
}

function Downloads({
  data,
  title,
  canvas,
}: {
  data: SeriesData;
  title: string;
  canvas: () => HTMLCanvasElement | undefined;
}) {
  const { messages } = useWords();
  const palette = usePalette();
  const csv = (): void => saveFile(fileName(data.series, 'csv'), new Blob([toCsv(data)], { type: 'text/csv' }));
  const png = (): void => {
    const source = canvas();
    if (source === undefined) return;
    onGround(source, palette.surface, palette.text, data.series).toBlob((blob) => {
      if (blob !== null) saveFile(fileName(data.series, 'png'), blob);
    });
  };
  return (
    <Row gap={1}>
      <Button type="button" onClick={csv} aria-label={messages.chart.csvLabel(title)}>
        <Small>{messages.chart.csv}</Small>
      </Button>
      <Button type="button" onClick={png} aria-label={messages.chart.pngLabel(title)}>
        <Small>{messages.chart.png}</Small>
      </Button>
    </Row>
  );
}
