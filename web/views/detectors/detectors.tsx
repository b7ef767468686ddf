// The detectors and how they stand, one dense line each, the worst state first. Without any it shows the six lines that
// make one, and the command.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { DetectorState, DetectorView } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { ABSENT } from '../../core/format.ts';
import { CopyButton, TextButton } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useApi, usePolling, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { Card, Clip, Moment, Muted, PageTitle, Row, Scroll, Stack, Table } from '../../parts/surface.tsx';
import { colour, mono, radius, space } from '../../theme.ts';

/** A new detector in as few lines as one needs. */
const EXAMPLE = `apiVersion: monitoring.my.company/v1
kind: AnomalyDetector
metadata: {name: frontend-cpu, namespace: default}
spec:
  selector: {app: frontend}
  metricName: container_cpu_usage_seconds_total
`;
const COMMAND = 'kubectl apply -f detector.yaml';

const ROWS = 200;

const Code = styled.pre({
  margin: 0,
  maxWidth: '100%',
  padding: space(3),
  overflowX: 'auto',
  fontFamily: mono,
  background: colour.sunken,
  borderRadius: radius.small,
});

export function Detectors() {
  const { messages } = useWords();
  const list = useApi('detectors');
  usePolling(list.retry);
  return (
    <Loaded from={list} skeleton={[8, 60]} heading={messages.pages.detectors}>
      {({ detectors }) => (
        <Stack>
          <PageTitle>
            {messages.pages.detectors} {detectors.length > 0 && <Muted>{detectors.length}</Muted>}
          </PageTitle>
          {detectors.length === 0 ? <NoDetector /> : <DetectorTable detectors={detectors} />}
        </Stack>
      )}
    </Loaded>
  );
}

function NoDetector() {
  const { messages } = useWords();
  return (
    <EmptyState title={messages.detectors.none} next={messages.detectors.noneNext('./tidewatch run --install')}>
      {[EXAMPLE, COMMAND].map((code) => (
        <Row key={code} style={{ maxWidth: '100%' }}>
          <Code>{code}</Code>
          <CopyButton value={code} label={messages.copy} />
        </Row>
      ))}
    </EmptyState>
  );
}

function DetectorTable({ detectors }: { detectors: readonly DetectorView[] }) {
  const { messages } = useWords();
  const [most, setMost] = useState(ROWS);
  const { columns } = messages.detectors;
  return (
    <Card>
      <Scroll>
        <Table>
          <thead>
            <tr>
              <th>{columns.name}</th>
              <th className="wide">{columns.namespace}</th>
              <th>{messages.findings.columns.state}</th>
              <th className="number">{columns.anomalous}</th>
              <th className="number wide">{columns.series}</th>
              <th className="wide">{columns.check}</th>
              <th className="wide">{columns.score}</th>
              <th className="wide" />
            </tr>
          </thead>
          <tbody>
            {detectors.slice(0, most).map((one) => (
              <DetectorRow key={`${one.namespace}/${one.name}`} one={one} />
            ))}
          </tbody>
        </Table>
      </Scroll>
      {detectors.length > most && (
        <TextButton type="button" onClick={() => setMost(most + ROWS)}>
          {messages.overview.moreQuiet(Math.min(ROWS, detectors.length - most))}
        </TextButton>
      )}
    </Card>
  );
}

function DetectorRow({ one }: { one: DetectorView }) {
  const { messages, format } = useWords();
  return (
    <tr>
      <th scope="row" style={{ width: '34%', maxWidth: 0 }}>
        <Clip>{one.name}</Clip>
      </th>
      <td className="wide">{one.namespace}</td>
      <td title={one.state} style={{ whiteSpace: 'nowrap' }}>
        <StateShape state={one.state} /> {messages.detectors.states[one.state]}
      </td>
      <td className="number" title={one.anomalousPods.join('\n')}>
        {messages.detectors.pods(one.anomalousPodCount, one.monitoredPods)}
      </td>
      <td className="number wide">{format.number(one.series)}</td>
      <td className="wide">
        <Age ms={one.lastCheckMs} />
      </td>
      <td className="wide">
        <Age ms={one.lastScoreMs} />
      </td>
      <td className="wide" style={{ maxWidth: '24rem' }}>
        <Clip>{one.message}</Clip>
      </td>
    </tr>
  );
}

const SHAPES: Readonly<Record<DetectorState, Severity>> = {
  Active: 'green',
  Pending: 'green',
  NoPodsFound: 'amber',
  AwaitingMetrics: 'amber',
  Error: 'red',
};

/** One that has not begun has the shape of one that works, without its colour. */
function StateShape({ state }: { state: DetectorState }) {
  return <SeverityShape severity={SHAPES[state]} {...(state === 'Pending' ? { fill: colour.muted } : {})} />;
}

function Age({ ms }: { ms: number | null }) {
  return ms === null ? ABSENT : <Moment ms={ms} as="ago" />;
}
