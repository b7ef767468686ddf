// The detectors and how they stand, one dense line each, the worst first, with what its object says in full. Without any it
// shows the six lines that make one, and the command. Below: what is watched without any.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { DetectorState, DetectorView, Reply } from '#api/rest/contract.ts';
import { DEFAULT_GROUP } from '#model/api-group.ts';
import type { Severity } from '#model/finding.ts';
import { ABSENT } from '../../core/format.ts';
import { metricWords } from '../../core/metric-words.ts';
import { backtestOfDetector, entityPath } from '../../core/route.ts';
import { CopyButton, Link, TextButton } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useApi, useIsLive, usePolling, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import {
  Card,
  Clip,
  Heading,
  Moment,
  Muted,
  PageTitle,
  Row,
  Scroll,
  Small,
  Stack,
  Table,
} from '../../parts/surface.tsx';
import { colour, mono, radius, space } from '../../theme.ts';

/** A new detector in as few lines as one needs. */
const EXAMPLE = `apiVersion: ${DEFAULT_GROUP}/v2
kind: AnomalyDetector
metadata: {name: frontend-cpu, namespace: default}
spec:
  targets: {matchLabels: {app: frontend}}
  metrics: [{name: container_cpu_usage_seconds_total}]
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
      {({ detectors, observed }) => (
        <Stack>
          <PageTitle>
            {messages.pages.detectors} {detectors.length > 0 && <Muted>{detectors.length}</Muted>}
          </PageTitle>
          {detectors.length === 0 ? <NoDetector /> : <DetectorTable detectors={detectors} />}
          {observed.length > 0 && <ObservedTable observed={observed} />}
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
              <th className="wide">{columns.message}</th>
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
  const found = one.anomalousPodCount > 0;
  return (
    <>
      <tr>
        <th scope="row" style={{ width: '25%', maxWidth: 0 }}>
          <Clip>{one.name}</Clip>
        </th>
        <td className="wide">{one.namespace}</td>
        <td title={one.state} style={{ whiteSpace: 'nowrap' }}>
          <StateShape one={one} /> {messages.detectors.states[one.state]}
        </td>
        <td className="number" style={found ? { color: colour.redText, fontWeight: 600 } : undefined}>
          {found && <SeverityShape severity="red" />}{' '}
          {messages.detectors.pods(one.anomalousPodCount, one.monitoredPods)}
        </td>
        <td className="number wide">{format.number(one.series)}</td>
        <td className="wide">
          <Age ms={one.lastCheckMs} />
        </td>
        <td className="wide">
          <Age ms={one.lastScoreMs} />
        </td>
        <td className="wide" style={{ maxWidth: '28rem' }}>
          <Told one={one} />
        </td>
      </tr>
      <tr className="narrow" style={{ border: 0 }}>
        <td colSpan={3}>
          <Small style={{ overflowWrap: 'anywhere' }}>
            {one.namespace && `${one.namespace}/`}
            {one.name}
          </Small>
          <br />
          <Told one={one} />
        </td>
      </tr>
    </>
  );
}

/** Pods that are named in a row; all are on the object. */
const NAMES = 5;

/** A detector of no namespace calls pods with theirs. */
function PodLink({ namespace, name }: { namespace: string; name: string }) {
  const [first = '', second] = name.split('/');
  const pod = second === undefined ? { namespace, name } : { namespace: first, name: second };
  if (pod.namespace === '') return name;
  return <Link to={entityPath({ kind: 'pod', ...pod })}>{name}</Link>;
}

/** Who is anomalous, and what the object's condition says: its words, in English whatever the page speaks. */
function Told({ one }: { one: DetectorView }) {
  const { namespace, name: detector, anomalousPods, message } = one;
  // Its series are called by its namespace too; of one that has none, by a star.
  const called = useIsLive() ? `${namespace || '*'}/${detector}` : detector;
  return (
    <Small style={{ overflowWrap: 'anywhere' }}>
      {anomalousPods.slice(0, NAMES).map((name) => (
        <div key={name}>
          <PodLink namespace={namespace} name={name} />
        </div>
      ))}
      <span lang="en">{message}</span> <TryOther detector={called} />
    </Small>
  );
}

function TryOther({ detector }: { detector: string }) {
  const { messages } = useWords();
  return (
    <Link to={backtestOfDetector(detector)} aria-label={`${messages.chart.tryOther}: ${detector}`}>
      {messages.chart.tryOther}
    </Link>
  );
}

function ObservedTable({ observed }: { observed: Reply<'detectors'>['observed'] }) {
  const { messages, format, language } = useWords();
  const { columns } = messages.detectors;
  return (
    <Card>
      <Heading>{messages.detectors.observed}</Heading>
      <Small>{messages.detectors.observedNote}</Small>
      <Table>
        <thead>
          <tr>
            <th>{columns.what}</th>
            <th className="wide">{columns.name}</th>
            <th className="number">{columns.series}</th>
          </tr>
        </thead>
        <tbody>
          {observed.map(({ name, metric, what, series }) => (
            <tr key={name}>
              <th scope="row" style={{ whiteSpace: 'normal' }}>
                {language === 'en' ? what : metricWords(metric, language)}
              </th>
              <td className="wide">
                {name} <Small>{series > 0 && <TryOther detector={name} />}</Small>
              </td>
              <td className="number">{format.number(series)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

const SHAPES: Readonly<Record<DetectorState, Severity>> = {
  Active: 'green',
  Pending: 'green',
  NoPodsFound: 'amber',
  AwaitingMetrics: 'amber',
  Error: 'red',
};

/** One that has not begun, or has found something, has the shape of one that works, without its colour. */
function StateShape({ one: { state, anomalousPodCount } }: { one: DetectorView }) {
  const isWell = state !== 'Pending' && anomalousPodCount === 0;
  return (
    <SeverityShape severity={SHAPES[state]} {...(isWell || SHAPES[state] !== 'green' ? {} : { fill: colour.muted })} />
  );
}

function Age({ ms }: { ms: number | null }) {
  return ms === null ? ABSENT : <Moment ms={ms} as="ago" />;
}
