// One finding with its evidence: what was not normal and by how much in a sentence, the chart around it, the guards with
// their figures, the series that took part, and the spans of that moment. The link survives a reload.
import styled from '@emotion/styled';
import { useEffect } from 'react';
import type { FindingView, SeriesSummary } from '#api/rest/contract.ts';
import { isMissing } from '../../core/client.ts';
import { evidenceSentence } from '../../core/evidence-words.ts';
import { memberNames } from '../../core/families.ts';
import { metricWords } from '../../core/metric-words.ts';
import { entityPath } from '../../core/route.ts';
import { recordedBack } from '../../core/time-scale.ts';
import { ChartCard } from '../../parts/chart/chart-card.tsx';
import { EvidenceFacts } from '../../parts/chart/point-facts.tsx';
import { RangeBar, useChartRange } from '../../parts/chart/range-bar.tsx';
import { CopyButton, Link, PrimaryButton } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useApi, usePlace, useReplay, useSegments, useServices, useWords } from '../../parts/services.ts';
import { SeverityBadge } from '../../parts/severity.tsx';
import { SpansAround } from '../../parts/spans.tsx';
import {
  Card,
  Heading,
  Hidden,
  Moment,
  PageTitle,
  Row,
  Scroll,
  Sigma,
  Small,
  Spacer,
  Stack,
  Table,
} from '../../parts/surface.tsx';
import { useControl } from '../../parts/use-control.ts';
import { atLeast, colour, space, text } from '../../theme.ts';

const MINUTE = 60_000;
/** Shown before and after the finding in its chart. */
const BEFORE_MS = 60 * MINUTE;
const AFTER_MS = 20 * MINUTE;

export function FindingPage({ id }: { id: string }) {
  const finding = useApi('finding', { id });
  useFoundAt(finding.data);
  return (
    <Loaded
      from={finding}
      heading={id}
      skeleton={[24, 60, 40]}
      onError={(error, before) => (isMissing(error) ? <Missing before={before} /> : undefined)}
    >
      {(data) => (
        <Stack>
          <FindingHeader finding={data} />
          <EvidenceChart finding={data} />
          <Both>
            <Moments finding={data} />
            <Members finding={data} />
          </Both>
          <SpansAround key={data.id} finding={data} />
        </Stack>
      )}
    </Loaded>
  );
}

const Both = styled.div({
  display: 'grid',
  gap: space(4),
  alignItems: 'start',
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' },
});

/** Keeps in the address when the finding was known, so that a link also leads to it from before that moment. */
function useFoundAt(finding: FindingView | undefined): void {
  const { location } = useServices();
  const at = finding === undefined ? undefined : String(Math.ceil(finding.seenMs));
  useEffect(() => {
    if (at !== undefined) location.setQuery({ at });
  }, [at, location]);
}

function Missing({ before }: { before: FindingView | undefined }) {
  const { messages } = useWords();
  const nowMs = useReplay()?.nowMs ?? 0;
  const seenMs = Number(usePlace().query.get('at') || before?.seenMs || Number.NaN);
  if (seenMs > nowMs) return <Later seenMs={seenMs} before={before} />;
  return (
    <>
      <Hidden as="h1">{messages.finding.missing}</Hidden>
      <EmptyState title={messages.finding.missing} next={messages.finding.missingNext}>
        <Link to="/findings">{messages.finding.back}</Link>
      </EmptyState>
    </>
  );
}

/** The finding is ahead of the playhead: what is known of it stays in sight, and one press plays up to it. */
function Later({ seenMs, before }: { seenMs: number; before: FindingView | undefined }) {
  const { messages, format } = useWords();
  const control = useControl();
  const title = messages.finding.later(format.moment(seenMs));
  return (
    <Stack>
      {before === undefined && <Hidden as="h1">{title}</Hidden>}
      <EmptyState title={title} {...(before === undefined ? {} : { next: messages.finding.laterNext })}>
        <PrimaryButton type="button" onClick={() => control.send({ action: 'jump', toMs: Math.ceil(seenMs) })}>
          {messages.finding.playUpTo}
        </PrimaryButton>
        <Link to="/findings">{messages.finding.back}</Link>
      </EmptyState>
      {before !== undefined && (
        <Stack style={{ opacity: 0.6 }}>
          <FindingHeader finding={before} />
          <Both>
            <Moments finding={before} />
            <Members finding={before} />
          </Both>
        </Stack>
      )}
    </Stack>
  );
}

const Sentence = styled.p({ margin: 0, fontSize: text.large, lineHeight: 1.4, maxWidth: '72ch', textWrap: 'pretty' });

function FindingHeader({ finding }: { finding: FindingView }) {
  const words = useWords();
  const { messages, format, language } = words;
  const segments = useSegments();
  const nowMs = useReplay()?.nowMs ?? finding.seenMs;
  const open = finding.closedMs === undefined;
  usePlace();
  const lasted = format.duration(Math.max(0, (finding.endMs ?? nowMs) - finding.startMs));
  return (
    <Stack as="header" gap={2}>
      <Row gap={3}>
        <Link to="/findings">{messages.finding.back}</Link>
        <Spacer />
        <CopyButton value={window.location.href} label={messages.copyLink} />
      </Row>
      <Row gap={3}>
        <SeverityBadge
          severity={open ? 'red' : 'green'}
          label={open ? messages.finding.open : `${messages.finding.ended} · ${lasted}`}
        />
        <PageTitle style={{ minWidth: 0 }}>
          <Link to={entityPath(finding.entity)} title={finding.entity.name}>
            {finding.entity.name}
          </Link>{' '}
          {metricWords(finding.peak.metricName, language)} {messages.finding.direction[finding.direction]}
        </PageTitle>
        <Small>
          <Moment ms={finding.startMs} /> · <Moment ms={finding.startMs} as="ago" />
        </Small>
      </Row>
      <Sentence>{evidenceSentence(finding.peak, segments, words)}</Sentence>
    </Stack>
  );
}

/** The chart of the series that opened it, with its near copies to choose from. */
function EvidenceChart({ finding }: { finding: FindingView }) {
  const { messages } = useWords();
  const segments = useSegments();
  const nowMs = useReplay()?.nowMs ?? finding.seenMs;
  const [range, setRange] = useChartRange({
    kind: 'chosen',
    fromMs: recordedBack(segments, finding.startMs, BEFORE_MS),
    toMs: Math.max(finding.confirmedMs, Math.min(nowMs, (finding.endMs ?? nowMs) + AFTER_MS)),
  });
  // Near copies may be watched by detectors of their own: their tracks are known to the entity's page.
  const { kind, namespace, name } = finding.entity;
  const watched = useApi('entity', { key: `${kind}/${namespace}/${name}` }).data?.series ?? [];
  const members = finding.members.map(
    (member) =>
      watched.find(({ series, detector }) => series === member.series && detector === finding.detector) ??
      watched.find((one) => one.series === member.series) ??
      summaryOf(finding, member),
  );
  return (
    <Stack as="section" gap={3} aria-label={messages.finding.evidence}>
      <RangeBar range={range} onChange={setRange} />
      <ChartCard
        members={members}
        nowMs={nowMs}
        evidence={finding.peak}
        alone
        range={range}
        onZoom={setRange}
        group={finding.id}
      />
    </Stack>
  );
}

/** What a chart needs to know of a member; that it is in a finding is proof that it is measured. */
function summaryOf(finding: FindingView, member: FindingView['members'][number]): SeriesSummary {
  return {
    series: member.series,
    entity: finding.entity,
    track: `${finding.detector}|${member.series}`,
    detector: finding.detector,
    metric: member.metricName,
    family: finding.family,
    ...(finding.call === undefined ? {} : { call: finding.call }),
    threshold: finding.peak.threshold,
    measured: true,
    openFinding: null,
    latest: null,
  };
}

const Facts = styled.dl({
  display: 'grid',
  gridTemplateColumns: 'auto 1fr',
  gap: `${space(1)} ${space(4)}`,
  margin: `${space(2)} 0 ${space(4)}`,
  dt: { color: colour.muted },
  dd: { margin: 0 },
});

function Moments({ finding }: { finding: FindingView }) {
  const { messages, format } = useWords();
  return (
    <Card>
      <Heading>{messages.evidence.opening}</Heading>
      <Facts>
        <dt>{messages.finding.started}</dt>
        <dd>
          <Moment ms={finding.startMs} as="clock" />
        </dd>
        <dt>{messages.finding.confirmed}</dt>
        <dd>
          <Moment ms={finding.confirmedMs} as="clock" />{' '}
          {format.clock(finding.seenMs) !== format.clock(finding.confirmedMs) && (
            <Small>
              {messages.finding.known} <Moment ms={finding.seenMs} as="clock" />
            </Small>
          )}
        </dd>
        {finding.endMs !== undefined && (
          <>
            <dt>{messages.finding.endedAt}</dt>
            <dd>
              <Moment ms={finding.endMs} as="clock" />
            </dd>
          </>
        )}
        <dt>{messages.finding.detector}</dt>
        <dd>{finding.detector}</dd>
      </Facts>
      {finding.opening.timeMs !== finding.peak.timeMs && <EvidenceFacts evidence={finding.opening} />}
    </Card>
  );
}

function Members({ finding }: { finding: FindingView }) {
  const { messages, format, language } = useWords();
  const members = finding.members.map(({ series, metricName }) => ({ series, metric: metricName }));
  const names = memberNames(members, messages.entity.sides);
  return (
    <Card>
      <Heading>{messages.finding.members}</Heading>
      <Scroll>
        <Table>
          <thead>
            <tr>
              <th scope="col">{messages.findings.columns.what}</th>
              <th scope="col" className="number">
                {messages.finding.memberPeak}
              </th>
              <th scope="col" className="number">
                {messages.finding.memberPoints}
              </th>
            </tr>
          </thead>
          <tbody>
            {finding.members.map((member, i) => (
              <tr key={member.series}>
                <td title={member.series}>
                  {metricWords(member.metricName, language)} <Small>{members.length > 1 && names[i]}</Small>
                </td>
                <td className="number">
                  <Sigma score={member.peakScore} />
                </td>
                <td className="number">{format.number(member.points)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Scroll>
    </Card>
  );
}
