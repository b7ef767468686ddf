// The text twin of a chart: its newest samples as a table, folded until it is wanted.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { SeriesData } from '#api/rest/contract.ts';
import { pointState } from '../../core/point-words.ts';
import { unitOf } from '../../core/units.ts';
import { colour, text } from '../../theme.ts';
import { useWords } from '../services.ts';
import { Moment, Scroll, Table } from '../surface.tsx';

const MOST_ROWS = 30;

const Fold = styled.details({
  minWidth: 0,
  summary: { color: colour.muted, fontSize: text.small },
  '&[open]': { flexBasis: '100%' },
});

export function SampleTable({ data }: { data: SeriesData }) {
  const { messages } = useWords();
  const [open, setOpen] = useState(false);
  const count = Math.min(MOST_ROWS, data.timesMs.length);
  return (
    <Fold onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{messages.chart.table(count)}</summary>
      {open && <Rows data={data} count={count} />}
    </Fold>
  );
}

function Rows({ data, count }: { data: SeriesData; count: number }) {
  const { messages, format } = useWords();
  const unit = unitOf(data.metric);
  const rows = Array.from({ length: count }, (_, i) => data.timesMs.length - 1 - i);
  return (
    <Scroll>
      <Table>
        <thead>
          <tr>
            <th scope="col">{messages.chart.time}</th>
            <th scope="col" className="number">
              {messages.chart.seen}
            </th>
            <th scope="col" className="number">
              {messages.chart.expected}
            </th>
            <th scope="col" className="number">
              {messages.chart.score}
            </th>
            <th scope="col">{messages.findings.columns.state}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={data.timesMs[row]}>
              <th scope="row">
                <Moment ms={data.timesMs[row] ?? Number.NaN} />
              </th>
              <td className="number">{format.figure(data.values[row], unit)}</td>
              <td className="number">{format.figure(data.expected[row], unit)}</td>
              <td className="number">{format.sigma(data.scores[row])}</td>
              <td>{messages.chart[pointState(data.flags[row] ?? 0, data.scores[row] ?? null)]}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Scroll>
  );
}
