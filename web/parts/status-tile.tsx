// How one service stands by its score alone (D8): the worst pod's newest score, asked for at once and then every five
// seconds, with the state of its detectors. Colour and size follow |score|; overview pages colour by findings instead.
import styled from '@emotion/styled';
import type { Anomaly, EntityDetail } from '#api/rest/contract.ts';
import { severityOf } from '#model/finding.ts';
import { colour, onState, radius, STATE_COLOURS, space, text } from '../theme.ts';
import { useApi, usePolling, useWords } from './services.ts';
import { SeverityShape } from './severity.tsx';

/** A score that is as large as a tile gets. */
const MOST_SIGMAS = 12;

const Box = styled.div({
  display: 'flex',
  alignSelf: 'flex-start',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: space(2),
  maxWidth: '100%',
  padding: space(3),
  color: colour.text,
  backgroundColor: colour.sunken,
  borderRadius: radius.normal,
  fontVariantNumeric: 'tabular-nums',
  transition: 'background-color 0.5s ease',
});

export function StatusTile({ detail }: { detail: EntityDetail }) {
  const { name: serviceName, namespace } = detail.entity;
  const asked = useApi('anomaly', { serviceName, ...(namespace === '' ? {} : { namespace }) });
  usePolling(asked.retry);
  return <StatusBox anomaly={asked.data} detectors={detail.detectors} failed={asked.error !== undefined} />;
}

interface BoxProps {
  readonly anomaly: Anomaly | undefined;
  readonly detectors?: EntityDetail['detectors'];
  readonly failed?: boolean;
}

/** The tile as it is drawn; without an answer it says that it waits, or that it could not get one. */
export function StatusBox({ anomaly, detectors = [], failed = false }: BoxProps) {
  const { messages } = useWords();
  if (failed || anomaly === undefined) {
    return <Box role="status">{failed ? messages.load.error : messages.load.loading}</Box>;
  }
  const { latestScore, status } = anomaly;
  // The state is that of the worst of its detectors: beside a score of another one it says whose it is.
  const [first, ...more] = detectors.filter(({ state }) => state === status).map(({ name }) => name);
  const whose = `${first ?? ''}${more.length > 0 ? ` +${more.length}` : ''}`;
  const state = messages.detectors.states[status];
  const size = Math.min(Math.abs(latestScore), MOST_SIGMAS);
  const severity = severityOf(latestScore);
  return (
    <Box
      role="status"
      data-severity={severity}
      title={status}
      style={{
        color: onState.ink,
        backgroundColor: STATE_COLOURS[severity],
        minWidth: `${11 + size * 0.75}rem`,
        minHeight: `${3 + size * 0.2}rem`,
      }}
    >
      <SeverityShape severity={severity} fill="currentColor" />
      <span style={{ fontSize: text.small }}>{messages.chart.score}</span>
      <b style={{ fontSize: `${1.125 + size * 0.08}rem` }}>{latestScore.toFixed(2).replace('-', '−')}</b>
      <span style={{ fontSize: text.small }}>
        {status === 'Active' || latestScore === 0 ? state : messages.detectors.others(whose, state)}
      </span>
    </Box>
  );
}
