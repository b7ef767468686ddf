// The series of an entity: families with an open finding and a few more as charts at once, the rest folded.
import styled from '@emotion/styled';
import { useMemo, useState } from 'react';
import type { EntityDetail, SeriesSummary } from '#api/rest/contract.ts';
import { type Family, inOrder, orderOf, ownerBeside, splitFamilies, toFamilies } from '../../core/families.ts';
import { metricWords, withoutPercentile } from '../../core/metric-words.ts';
import { ChartCard, type Range } from '../../parts/chart/chart-card.tsx';
import { RangeBar, useChartRange } from '../../parts/chart/range-bar.tsx';
import { TextButton } from '../../parts/controls.tsx';
import { EmptyState } from '../../parts/load-state.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Clip, Heading, Muted, Row, Small, Stack } from '../../parts/surface.tsx';
import { colour, space } from '../../theme.ts';

/** Charts shown at once: at least and at most. */
const AT_LEAST = 3;
const AT_MOST = 8;

export function EntityCharts({ detail }: { detail: EntityDetail }) {
  const { messages } = useWords();
  const [range, setRange] = useChartRange({ kind: 'back', name: '2h' });
  const now = toFamilies(detail.series);
  // Sorted and parted when the page opens and when it is asked for, so that nothing moves under the reader's eyes.
  const [opened, setOpened] = useState(now);
  const order = useMemo(() => orderOf(opened), [opened]);
  const families = inOrder(now, order);
  if (detail.series.length === 0) return <EmptyState title={messages.entity.noSeries} />;
  // A page opened before its first series has nothing to keep in place.
  if (opened.length === 0) setOpened(now);
  const charts = splitFamilies(opened, AT_LEAST, AT_MOST)[0].length;
  const [shown, folded] = [families.slice(0, charts), families.slice(charts)];
  const moved = now.some((family, i) => family.key !== families[i]?.key);
  const shared = { range, onZoom: setRange, group: detail.entity.name, of: detail.entity, nowMs: detail.nowMs };
  return (
    <Stack as="section" aria-label={messages.entity.charts}>
      <Row>
        <Heading>{messages.entity.charts}</Heading>
        <TextButton type="button" onClick={() => setOpened(now)} style={moved ? {} : { visibility: 'hidden' }}>
          {messages.entity.sortAgain}
        </TextButton>
      </Row>
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
  const whose = ownerBeside(first, shared.of);
  const stateOf = (one: SeriesSummary): string => {
    if (!family.measured) return messages.overview.notMeasured;
    return one.detector === '' ? messages.chart.notWatched : format.sigma(one.latest?.score);
  };
  return (
    <Fold onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Clip>{metricWords(family.members.length > 1 ? withoutPercentile(first.metric) : first.metric, language)}</Clip>{' '}
        {whose !== undefined && <Muted>{whose} </Muted>}
        {first.call !== undefined && <Muted>{messages.entity.call(first.call.source, first.call.destination)} </Muted>}
        <Small>{stateOf(first)}</Small>
      </summary>
      {open && <ChartCard members={family.members} {...shared} />}
    </Fold>
  );
}
