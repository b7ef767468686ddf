// The history with the band and the findings of the settings that are tried, the score as a ribbon above, and below a lane of
// when the setting that runs was red.
import styled from '@emotion/styled';
import { useCallback, useMemo, useState } from 'react';
import type { SeriesData } from '#api/rest/contract.ts';
import { measuredSpans } from '../../core/backtest/series-data.ts';
import { createChunk } from '../../core/chunk.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { metricWords } from '../../core/metric-words.ts';
import { createTimeScale, type Span } from '../../core/time-scale.ts';
import { unitOf } from '../../core/units.ts';
import { SampleFacts } from '../../parts/chart/point-facts.tsx';
import { Legend } from '../../parts/chart/range-bar.tsx';
import { Button } from '../../parts/controls.tsx';
import { useMedia, useWords } from '../../parts/services.ts';
import { Moment, Row, Small, Spacer } from '../../parts/surface.tsx';
import { useChunk } from '../../parts/use-chunk.ts';
import { atLeast, colour, space } from '../../theme.ts';

const plotChunk = createChunk(() => import('../../parts/chart/plot.tsx'));
plotChunk.load().catch(() => undefined);

/** In CSS pixels; it stays in sight while sliders move below it. */
const HEIGHT = { phone: 190, usual: 250 } as const;
/** A pause is drawn this wide at most, as a share of what was measured. */
const GAP_SHARE = 0.01;

const Columns = styled.div({
  display: 'grid',
  gap: space(4),
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 1fr) 16rem' },
});
/** On a phone the figures of one point have no room. */
const Side = styled.div({
  display: 'none',
  [atLeast.desktop]: {
    display: 'block',
    minWidth: 0,
    height: HEIGHT.usual,
    overflowY: 'auto',
    borderInlineStart: `1px solid ${colour.line}`,
    paddingInlineStart: space(4),
  },
});

interface ChartProps {
  readonly data: SeriesData;
  readonly range: Span;
  /** Absent where nobody watches the series. */
  readonly beside: readonly Span[] | undefined;
  /** The fault that was laid. */
  readonly marked: Span | undefined;
  readonly onZoom: (range: Span | undefined) => void;
}

export function ResultChart({ data, range, beside, marked, onZoom }: ChartProps) {
  const { language } = useWords();
  const messages = backtestMessages(language);
  const plot = useChunk(plotChunk);
  const height = HEIGHT[useMedia(atLeast.tablet) ? 'usual' : 'phone'];
  const [row, setRow] = useState<number>();
  const { timesMs, stepMs } = data;
  const scale = useMemo(() => {
    const spans = measuredSpans({ timesMs, stepMs });
    const lengthMs = spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return createTimeScale(spans, Math.max(stepMs, lengthMs * GAP_SHARE));
  }, [timesMs, stepMs]);
  const zoom = useCallback(
    (from: number, to: number) => onZoom({ fromMs: scale.toMs(from), toMs: scale.toMs(to) }),
    [onZoom, scale],
  );
  const shownRow = row !== undefined && row < timesMs.length ? row : timesMs.length - 1;
  return (
    <Columns>
      {plot === undefined ? (
        <div style={{ height }} />
      ) : (
        <plot.default
          data={data}
          scale={scale}
          from={scale.toX(range.fromMs)}
          to={scale.toX(range.toMs)}
          unit={unitOf(data.metric)}
          group="backtest"
          height={height}
          label={messages.chart(metricWords(data.metric, language))}
          {...(beside === undefined ? {} : { beside })}
          {...(marked === undefined ? {} : { marked })}
          onCursor={setRow}
          onZoom={zoom}
          onReset={() => onZoom(undefined)}
          onCanvas={() => {}}
        />
      )}
      <Side>
        <SampleFacts data={data} row={shownRow} />
      </Side>
    </Columns>
  );
}

interface KeysProps extends Pick<ChartProps, 'range' | 'marked' | 'onZoom'> {
  readonly isZoomed: boolean;
  readonly compares: boolean;
}

/** Below the chart, where it may scroll away: what is shown, and what lines and areas mean. */
export function ChartKeys({ range, isZoomed, compares, marked, onZoom }: KeysProps) {
  const { messages: all, format, language } = useWords();
  const messages = backtestMessages(language);
  return (
    <Row gap={3}>
      {isZoomed && (
        <>
          <Small>
            <Moment ms={range.fromMs} /> – <Moment ms={range.toMs} />
          </Small>
          <Button type="button" onClick={() => onZoom(undefined)}>
            {messages.showAll}
          </Button>
        </>
      )}
      <Small>
        {all.chart.zoneNote(format.zone(range.toMs))} · {messages.zoomHint}
      </Small>
      <Spacer />
      <Legend>
        {compares && (
          <li>
            <svg viewBox="0 0 20 12" aria-hidden="true">
              <path d="M0 8h20v4H0z" fill="var(--control)" />
            </svg>
            {messages.deployedLane}
          </li>
        )}
        {marked !== undefined && (
          <li>
            <svg viewBox="0 0 20 12" aria-hidden="true">
              <path d="M5 0v12M15 0v12" stroke="var(--text)" strokeDasharray="4 3" />
            </svg>
            {messages.fault.mark}
          </li>
        )}
      </Legend>
    </Row>
  );
}
