// The range that a page's charts share, and what their lines and areas mean.
import styled from '@emotion/styled';
import { type ReactNode, useMemo } from 'react';
import { type ChartRange, RANGES, type RangeName, rangeQuery, readRange } from '../../core/chart-range.ts';
import { colour, space, text } from '../../theme.ts';
import { Button, Segmented } from '../controls.tsx';
import { usePlace, useReplay, useServices, useWords } from '../services.ts';
import { Row, Small, Spacer } from '../surface.tsx';

/** The range in the address, and how to change it there. */
export function useChartRange(usual: ChartRange): readonly [ChartRange, (range: ChartRange | undefined) => void] {
  const { query } = usePlace();
  const { location } = useServices();
  const words = query.toString();
  const name = JSON.stringify(usual);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts stand for objects that are new each time
  const range = useMemo(() => readRange(query, usual), [words, name]);
  const change = useMemo(() => (next: ChartRange | undefined) => location.setQuery(rangeQuery(next)), [location]);
  return [range, change];
}

const Keys = styled.ul({
  display: 'flex',
  flexWrap: 'wrap',
  gap: `${space(1)} ${space(4)}`,
  listStyle: 'none',
  margin: 0,
  padding: 0,
  fontSize: text.small,
  color: colour.muted,
  li: { display: 'flex', alignItems: 'center', gap: space(1.5), whiteSpace: 'nowrap' },
  svg: { width: '1.25rem', height: '0.75rem' },
});

interface RangeBarProps {
  readonly range: ChartRange;
  readonly onChange: (range: ChartRange | undefined) => void;
}

export function RangeBar({ range, onChange }: RangeBarProps) {
  const { messages, format } = useWords();
  const nowMs = useReplay()?.nowMs ?? 0;
  const options = RANGES.map((name) => ({ value: name as RangeName, label: messages.range[name] }));
  return (
    <Row gap={3}>
      <Segmented
        label={messages.range.label}
        value={range.kind === 'back' ? range.name : undefined}
        options={options}
        onChange={(name) => onChange({ kind: 'back', name })}
      />
      {range.kind === 'chosen' && (
        <>
          <Small title={`${format.utc(range.fromMs)} – ${format.utc(range.toMs)}`}>
            {format.moment(range.fromMs)} – {format.moment(range.toMs)}
          </Small>
          <Button type="button" onClick={() => onChange(undefined)}>
            {messages.range.reset}
          </Button>
        </>
      )}
      <Small>
        {messages.chart.zoneNote(format.zone(nowMs))} · {messages.range.hint}
      </Small>
      <Spacer />
      <Legend />
    </Row>
  );
}

/** What lines and areas mean; `children` are further keys. */
export function Legend({ children }: { children?: ReactNode }) {
  const { messages } = useWords();
  return (
    <Keys>
      <li>
        <svg viewBox="0 0 20 12" aria-hidden="true">
          <path d="M0 6h20" stroke="var(--accent)" strokeWidth="2" />
        </svg>
        {messages.chart.legendValue}
      </li>
      <li>
        <svg viewBox="0 0 20 12" aria-hidden="true">
          <path d="M0 6h20" stroke="var(--muted)" strokeDasharray="4 3" />
        </svg>
        {messages.chart.legendExpected}
      </li>
      <li>
        <svg viewBox="0 0 20 12" aria-hidden="true">
          <path d="M0 1h20v10H0z" fill="var(--band)" />
        </svg>
        {messages.chart.legendBand}
      </li>
      <li>
        <svg viewBox="0 0 20 12" aria-hidden="true">
          <path d="M0 1h20v10H0z" fill="var(--redSoft)" stroke="var(--red)" />
        </svg>
        {messages.chart.legendOpen}
      </li>
      <li>
        <svg viewBox="0 0 20 12" aria-hidden="true">
          <path d="M0 3h20v6H0z" fill="var(--sunken)" />
          <path d="M4 3h4v6H4z" fill="var(--muted)" />
          <path d="M12 3h5v6h-5z" fill="var(--red)" />
        </svg>
        {messages.chart.legendRibbon}
      </li>
      {children}
    </Keys>
  );
}
