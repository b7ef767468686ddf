// The findings of the settings that are tried, beside those of the setting that runs: which are new, which are gone. A press
// shows one in the chart.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { Found } from '../../core/backtest/verdict.ts';
import { ABSENT } from '../../core/format.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import type { Span } from '../../core/time-scale.ts';
import { unitOf } from '../../core/units.ts';
import { TextButton } from '../../parts/controls.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Heading, Moment, Muted, Scroll, Sigma, Table } from '../../parts/surface.tsx';
import { colour, radius, space, text } from '../../theme.ts';

const ROWS = 25;
/** Shown before and after a finding, at least and as a share of its length. */
const AROUND_MS = 3_600_000;

/** No colour of state: that a finding is new is neither good nor bad. */
const Mark = styled.span({
  display: 'inline-block',
  padding: `0 ${space(1.5)}`,
  fontSize: text.small,
  fontWeight: 600,
  borderRadius: radius.small,
  border: '1px solid transparent',
  whiteSpace: 'nowrap',
  color: colour.muted,
  '&[data-state="new"]': { color: colour.accent, background: colour.accentSoft },
  '&[data-state="gone"]': { border: `1px dashed ${colour.control}` },
});

interface ListProps {
  /** Undefined before the first answer. */
  readonly found: readonly Found[] | undefined;
  readonly metric: string;
  /** Whether there is a setting to compare with. */
  readonly compares: boolean;
  readonly onShow: (range: Span) => void;
}

export function FoundList({ found: given, metric, compares, onShow }: ListProps) {
  const { language, format, messages: all } = useWords();
  const messages = backtestMessages(language);
  const [most, setMost] = useState(ROWS);
  const found = given ?? [];
  const rest = found.length - most;
  return (
    <Card>
      <Heading>{messages.list}</Heading>
      {found.length === 0 ? (
        <p>
          <Muted>{given === undefined ? ABSENT : messages.listNone}</Muted>
        </p>
      ) : (
        <Scroll>
          <Table>
            <thead>
              <tr>
                <th scope="col">{all.findings.columns.started}</th>
                {compares && <th scope="col">{all.findings.columns.state}</th>}
                <th scope="col" className="wide">
                  {all.findings.columns.lasted}
                </th>
                <th scope="col" className="number">
                  {all.findings.columns.score}
                </th>
                <th scope="col" className="number">
                  {all.chart.seen}
                </th>
                <th scope="col" className="number wide">
                  {all.chart.expected}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, most).map((one) => (
                <FoundRow key={`${one.state} ${one.startMs}`} {...{ one, metric, compares, onShow }} />
              ))}
            </tbody>
          </Table>
        </Scroll>
      )}
      {rest > 0 && (
        <TextButton type="button" onClick={() => setMost(most + 4 * ROWS)}>
          {messages.more(format.number(Math.min(rest, 4 * ROWS)))}
        </TextButton>
      )}
    </Card>
  );
}

interface RowProps extends Omit<ListProps, 'found'> {
  readonly one: Found;
}

function FoundRow({ one, metric, compares, onShow }: RowProps) {
  const { language, format, messages: all } = useWords();
  const messages = backtestMessages(language);
  const unit = unitOf(metric);
  const { startMs, endMs } = one;
  const around = Math.max(AROUND_MS, (endMs ?? startMs) - startMs);
  const show = (): void => onShow({ fromMs: startMs - around, toMs: (endMs ?? startMs) + around });
  return (
    <tr>
      <td>
        <TextButton
          type="button"
          style={{ padding: 0 }}
          aria-label={messages.show(format.moment(startMs))}
          onClick={show}
        >
          <Moment ms={startMs} />
        </TextButton>
      </td>
      {compares && (
        <td>
          <Mark data-state={one.state} title={messages.statesLong[one.state]}>
            {messages.states[one.state]}
          </Mark>
        </td>
      )}
      <td className="wide">{endMs === undefined ? all.findings.untilNow : format.duration(endMs - startMs)}</td>
      <td className="number">{Number.isFinite(one.score) ? <Sigma score={one.score} /> : ABSENT}</td>
      <td className="number">{format.figure(one.value, unit)}</td>
      <td className="number wide">{format.figure(one.expected, unit)}</td>
    </tr>
  );
}
