// The series of an entity: families with an open finding and a few more as charts at once, the rest folded.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { EntityDetail, SeriesSummary } from '#api/rest/contract.ts';
import { type Family, splitFamilies, toFamilies } from '../../core/families.ts';
import { metricWords } from '../../core/metric-words.ts';
import { ChartCard, type Range } from '../../parts/chart/chart-card.tsx';
import { RangeBar, useChartRange } from '../../parts/chart/range-bar.tsx';
import { EmptyState } from '../../parts/load-state.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Clip, Heading, Muted, Small, Stack } from '../../parts/surface.tsx';
import { colour, space } from '../../theme.ts';

/** Charts shown at once: at least and at most. */
const AT_LEAST = 3;
const AT_MOST = 8;

export function EntityCharts({ detail }: { detail: EntityDetail }) {
  const { messages } = useWords();
  const [range, setRange] = useChartRange({ kind: 'back', name: '2h' });
  if (detail.series.length === 0) return <EmptyState title={messages.entity.noSeries} />;
  const [shown, folded] = splitFamilies(toFamilies(detail.series), AT_LEAST, AT_MOST);
  const shared = { range, onZoom: setRange, group: detail.entity.name, nowMs: detail.nowMs };
  return (
    <Stack as="section" aria-label={messages.entity.charts}>
      <Heading>{messages.entity.charts}</Heading>
      <RangeBar range={range} onChange={setRange} />
      {shown.map((family) => (
        <ChartCard key={family.key} members={family.members} {...shared} />
      ))}
      {folded.length > 0 && (
        <Card>
          <Heading>
            {messages.entity.others} <Small>{messages.entity.othersNote}</Small>
          </Heading>
          {folded.map((family) => (
            <FoldedFamily key={family.key} family={family} {...shared} />
          ))}
        </Card>
      )}
    </Stack>
  );
}

const Fold = styled.details({
  borderTop: `1px solid ${colour.line}`,
  '&:first-of-type': { marginTop: space(2) },
  summary: { padding: `${space(2)} 0` },
  '& > section': { border: 0, padding: `0 0 ${space(4)}` },
});

function FoldedFamily({ family, ...shared }: { family: Family; nowMs: number } & Range) {
  const { messages, language, format } = useWords();
  const [open, setOpen] = useState(false);
  const first = family.members[0];
  if (first === undefined) return null;
  const stateOf = (one: SeriesSummary): string => {
    if (!family.measured) return messages.overview.notMeasured;
    return one.detector === '' ? messages.chart.notWatched : format.sigma(one.latest?.score);
  };
  return (
    <Fold onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Clip>{metricWords(family.members.length > 1 ? withoutPercentile(first.metric) : first.metric, language)}</Clip>{' '}
        {first.call !== undefined && <Muted>{messages.entity.call(first.call.source, first.call.destination)} </Muted>}
        <Small>{stateOf(first)}</Small>
      </summary>
      {open && <ChartCard members={family.members} {...shared} />}
    </Fold>
  );
}

function withoutPercentile(metric: string): string {
  return metric.replace(/_p\d{2,3}(?=_|$)/, '');
}
