// The answer key: which faults were injected and what was seen of each. Misses stay misses; a fault during
// which only other services were coloured is no hit.
import styled from '@emotion/styled';
import type { AnswerKey } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { medianDelay } from '../../core/answer-figures.ts';
import { wordFor } from '../../core/messages/index.ts';
import { findingPath } from '../../core/route.ts';
import { Link } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useApi, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { Card, Clip, Moment, Muted, PageTitle, Scroll, Small, Stack, Table } from '../../parts/surface.tsx';
import { colour, space, text } from '../../theme.ts';

type Fault = AnswerKey['faults'][number];

export function AnswerKeyPage() {
  const { messages, format } = useWords();
  const key = useApi('answerKey');
  return (
    <Stack>
      <header>
        <PageTitle>{messages.answerKey.title}</PageTitle>
        <Muted>{messages.answerKey.lead}</Muted>
      </header>
      <Loaded from={key} skeleton={[20, 120]}>
        {(data) =>
          data.faults.length === 0 ? (
            <EmptyState title={messages.answerKey.empty} />
          ) : (
            <>
              <Totals answers={data} />
              <FaultTable faults={data.faults} />
              <Small>{messages.answerKey.rule}</Small>
              {data.unexplained.of > 0 && (
                <Small>
                  {messages.answerKey.unexplained(
                    format.number(data.unexplained.findings),
                    format.number(data.unexplained.of),
                  )}
                </Small>
              )}
              {data.leftOut > 0 && <Small>{messages.answerKey.leftOut(format.number(data.leftOut))}</Small>}
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

const Figures = styled.dl({
  display: 'flex',
  flexWrap: 'wrap',
  gap: `${space(3)} ${space(10)}`,
  margin: 0,
  dt: { color: colour.muted, fontSize: text.small },
  dd: { margin: 0, fontSize: text.figure, lineHeight: 1.34, fontWeight: 600 },
  small: { display: 'block', fontSize: text.small, fontWeight: 400, color: colour.muted },
});

function Totals({ answers }: { answers: AnswerKey }) {
  const { messages, format } = useWords();
  const pending = answers.faults.filter((fault) => fault.outcome === 'pending').length;
  const delay = medianDelay(answers.faults.map((fault) => fault.delayMs));
  const { minutes, red } = answers.quiet;
  return (
    <Card>
      <Figures>
        <div>
          <dt>{messages.answerKey.figures.coloured}</dt>
          <dd>
            {answers.coloured} / {answers.faults.length}
            <small>{pending > 0 ? messages.answerKey.soFar(pending) : ' '}</small>
          </dd>
        </div>
        <div>
          <dt>{messages.answerKey.figures.delay}</dt>
          <dd>{delay === undefined ? '–' : format.duration(delay)}</dd>
        </div>
        <div>
          <dt>{messages.answerKey.figures.quiet}</dt>
          <dd>
            {minutes === 0 ? '–' : format.percent(red / minutes)}
            <small>
              {minutes === 0
                ? messages.answerKey.quietNone
                : messages.answerKey.quiet(format.percent(red / minutes), format.number(red), format.number(minutes))}
            </small>
          </dd>
        </div>
      </Figures>
    </Card>
  );
}

/** The shapes of state, used for what they mean here: seen, beside it, not seen, not yet. */
const SIGNS: Readonly<Record<Fault['outcome'], Severity>> = {
  coloured: 'green',
  'neighbour-only': 'amber',
  missed: 'red',
  pending: 'green',
};

const Outcome = styled.span<{ outcome: Fault['outcome'] }>(({ outcome }) => ({
  display: 'inline-flex',
  alignItems: 'center',
  gap: space(1.5),
  whiteSpace: 'nowrap',
  color: outcome === 'pending' ? colour.muted : colour[`${SIGNS[outcome]}Text`],
}));

function FaultTable({ faults }: { faults: readonly Fault[] }) {
  const { columns } = useWords().messages.answerKey;
  return (
    <Card>
      <Scroll>
        <Table>
          <thead>
            <tr>
              <th scope="col">{columns.time}</th>
              <th scope="col">{columns.where}</th>
              <th scope="col" className="wide">
                {columns.type}
              </th>
              <th scope="col">{columns.outcome}</th>
              <th scope="col" className="number wide">
                {columns.delay}
              </th>
              <th scope="col">{columns.link}</th>
              <th scope="col" className="wide">
                {columns.others}
              </th>
            </tr>
          </thead>
          <tbody>
            {faults.map((fault) => (
              <FaultRow key={`${fault.timeMs}${fault.pod}`} fault={fault} />
            ))}
          </tbody>
        </Table>
      </Scroll>
    </Card>
  );
}

function FaultRow({ fault }: { fault: Fault }) {
  const { messages, format } = useWords();
  const { outcome } = fault;
  const type = wordFor(messages.answerKey.faults, fault.type);
  return (
    <tr>
      <td style={{ whiteSpace: 'nowrap' }}>
        <Moment ms={fault.timeMs} as="time" />
      </td>
      <td style={{ maxWidth: 'min(16rem, 30vw)' }} title={fault.pod}>
        <Clip>{fault.service}</Clip>
        <div className="narrow">
          <Small>{type}</Small>
        </div>
      </td>
      <td className="wide">{type}</td>
      <td>
        <Outcome outcome={outcome}>
          {outcome === 'pending' ? null : <SeverityShape severity={SIGNS[outcome]} />}
          {messages.answerKey.outcomes[outcome]}
        </Outcome>
      </td>
      <td className="number wide">{fault.delayMs === null ? '–' : format.duration(fault.delayMs)}</td>
      <td>
        {fault.finding === null ? (
          <Muted>–</Muted>
        ) : (
          <Link to={findingPath(fault.finding)} aria-label={`${messages.answerKey.open}: ${fault.service}`}>
            {messages.answerKey.open}
          </Link>
        )}
      </td>
      <td className="wide" style={{ maxWidth: '20rem' }}>
        <Clip>{fault.neighbours.length === 0 ? '–' : fault.neighbours.join(', ')}</Clip>
      </td>
    </tr>
  );
}
