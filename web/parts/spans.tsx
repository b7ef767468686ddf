// Spans of a service, then of its callers and callees, around a finding, slowest first; one can be opened to the recorded part of
// its trace as a waterfall. Where none were recorded it says when the nearest ones were, and shows those when asked to.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { FindingView, SpanView } from '#api/rest/contract.ts';
import { isMissing } from '../core/client.ts';
import { metricWords } from '../core/metric-words.ts';
import { traceRows } from '../core/trace.ts';
import { colour, radius, space, text } from '../theme.ts';
import { Button, TextButton } from './controls.tsx';
import { Loaded } from './load-state.tsx';
import { useApi, useWords } from './services.ts';
import { Card, Clip, Heading, Moment, Muted, Scroll, Small, Stack, Table } from './surface.tsx';

const MOST = 12;

/** Spans from this long before a finding began to this long after it was confirmed. */
const LEAD_MS = 60_000;

interface SpansProps {
  readonly finding: FindingView;
  /** Whose spans come first; that of the finding unless another's page shows them. */
  readonly service?: string;
}

export function SpansAround({ finding, service = finding.service }: SpansProps) {
  const { messages, format, language } = useWords();
  const [nearestMs, setNearest] = useState<number>();
  const [fromMs, toMs] = [(nearestMs ?? finding.startMs) - LEAD_MS, (nearestMs ?? finding.confirmedMs) + LEAD_MS];
  const what = `${finding.entity.name}: ${metricWords(finding.peak.metricName, language)}`;
  const spans = useApi('spans', { service, fromMs: Math.round(fromMs), toMs: Math.round(toMs) });
  return (
    <Card aria-label={messages.spans.trace}>
      <Heading>
        {nearestMs === undefined
          ? messages.spans.around(format.time(finding.startMs), what)
          : messages.spans.of(format.time(nearestMs))}{' '}
        <Small title={`${format.utc(fromMs)} – ${format.utc(toMs)}`}>
          {format.clock(fromMs)} – {format.clock(toMs)}
        </Small>
      </Heading>
      <Loaded
        from={spans}
        skeleton={[20]}
        onError={(error) => (isMissing(error) ? <Muted>{messages.spans.noneHere}</Muted> : undefined)}
      >
        {(data) =>
          data.spans.length === 0 ? (
            <p style={{ margin: `${space(2)} 0 0` }}>
              <Muted>
                {data.recorded ? messages.spans.noneHere : messages.spans.none}{' '}
                {data.nearestMs === null
                  ? messages.spans.noneNear
                  : messages.spans.nearest(format.clock(data.nearestMs))}
              </Muted>{' '}
              {data.nearestMs !== null && (
                <TextButton type="button" onClick={() => setNearest(data.nearestMs ?? undefined)}>
                  {messages.spans.showNearest}
                </TextButton>
              )}
            </p>
          ) : (
            <SpanTable spans={ownFirst(data.spans, service)} />
          )
        }
      </Loaded>
    </Card>
  );
}

const Bar = styled.span({
  display: 'block',
  height: space(1.5),
  minWidth: 2,
  background: colour.accent,
  borderRadius: radius.small,
});
const BarCell = styled.td({ width: '30%', minWidth: '6rem' });

/** They come slowest first, those of callers and callees among them. */
function ownFirst(spans: readonly SpanView[], service: string): SpanView[] {
  return spans.toSorted((a, b) => Number(b.service === service) - Number(a.service === service));
}

function SpanTable({ spans }: { spans: readonly SpanView[] }) {
  const { messages, format } = useWords();
  const [trace, setTrace] = useState<string>();
  const [most, setMost] = useState(MOST);
  const slowest = Math.max(...spans.map((span) => span.durationMs), 1e-9);
  return (
    <Stack gap={3}>
      <Scroll>
        <Table>
          <thead>
            <tr>
              <th scope="col">{messages.spans.service}</th>
              <th scope="col">{messages.spans.operation}</th>
              <th scope="col" className="wide">
                {messages.spans.start}
              </th>
              <th scope="col" className="number">
                {messages.spans.duration}
              </th>
              <th scope="col" className="wide">
                {messages.spans.slowest}
              </th>
              <th scope="col">{messages.spans.trace}</th>
            </tr>
          </thead>
          <tbody>
            {spans.slice(0, most).map((span) => (
              <tr key={`${span.traceId}/${span.spanId}`}>
                <th scope="row" title={span.pod} style={{ maxWidth: '26vw' }}>
                  <Clip>{span.service}</Clip>
                </th>
                <td style={{ maxWidth: 'min(18rem, 26vw)' }}>
                  <Clip>{span.operation}</Clip>
                </td>
                <td className="wide">
                  <Moment ms={span.startMs} as="clock" />
                </td>
                <td className="number">{format.figure(span.durationMs / 1000, 'seconds')}</td>
                <BarCell className="wide">
                  <Bar style={{ width: `${(span.durationMs / slowest) * 100}%` }} />
                </BarCell>
                <td>
                  <Button
                    type="button"
                    aria-expanded={trace === span.traceId}
                    onClick={() => setTrace(trace === span.traceId ? undefined : span.traceId)}
                    aria-label={messages.spans.show}
                    title={span.traceId}
                  >
                    <Small>{span.traceId.slice(0, 8)}</Small>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Scroll>
      {spans.length > most && (
        <div>
          <TextButton type="button" onClick={() => setMost(spans.length)}>
            {messages.spans.more(spans.length - most)}
          </TextButton>
        </div>
      )}
      {trace !== undefined && <Waterfall spans={spans.filter((span) => span.traceId === trace)} />}
    </Stack>
  );
}

const Lane = styled.div({
  display: 'grid',
  gridTemplateColumns: 'minmax(8rem, 16rem) minmax(0, 1fr) 5rem',
  alignItems: 'center',
  gap: space(3),
  fontSize: text.small,
  padding: `${space(0.5)} 0`,
});

function Waterfall({ spans }: { spans: readonly SpanView[] }) {
  const { messages, format } = useWords();
  const rows = traceRows(spans);
  return (
    <section aria-label={messages.spans.trace}>
      <Heading as="h3">{messages.spans.traceOf(rows.length)}</Heading>
      {rows.map((row) => (
        <Lane key={row.span.spanId}>
          <span
            style={{
              paddingInlineStart: `${Math.min(row.depth, 8)}em`,
              minWidth: 0,
              overflow: 'hidden',
            }}
          >
            <Clip>{`${row.span.service} ${row.span.operation}`}</Clip>
          </span>
          <Bar style={{ marginInlineStart: `${row.offset * 100}%`, width: `${row.length * 100}%` }} />
          <span>{format.figure(row.span.durationMs / 1000, 'seconds')}</span>
        </Lane>
      ))}
    </section>
  );
}
