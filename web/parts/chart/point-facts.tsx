// The words beside a chart: what was seen and expected, how far off in sigmas, and which guards it passed. Of the sample
// under the crosshair; else of the finding's evidence, with the guards' own figures; else of the newest sample.
import styled from '@emotion/styled';
import type { EvidenceView, SeriesData } from '#api/rest/contract.ts';
import { rangeWords } from '../../core/axis-labels.ts';
import { baselineSpan, evidenceSentence, guardFigure } from '../../core/evidence-words.ts';
import { heldBackBy, pointState } from '../../core/point-words.ts';
import { fromZero, unitOf } from '../../core/units.ts';
import { colour, space, text } from '../../theme.ts';
import { useSegments, useWords } from '../services.ts';
import { Moment, Muted, Sigma } from '../surface.tsx';

const Facts = styled.dl({
  display: 'grid',
  gridTemplateColumns: 'auto 1fr',
  gap: `${space(0.5)} ${space(3)}`,
  margin: 0,
  fontSize: '0.8125rem',
  dt: { color: colour.muted },
  dd: { margin: 0, minWidth: 0 },
});
const Sentence = styled.p({ margin: `0 0 ${space(2)}`, textWrap: 'pretty' });
const Guards = styled.ul({ listStyle: 'none', margin: 0, padding: 0, li: { display: 'flex', gap: space(1.5) } });
const Sign = styled.span<{ passed: boolean }>(({ passed }) => ({
  flex: 'none',
  fontWeight: 700,
  color: passed ? colour.greenText : colour.redText,
}));
const Note = styled.span({ fontSize: text.small, color: colour.muted });

interface Point {
  readonly timeMs: number;
  readonly value: number | null;
  readonly expected: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly score: number | null;
}

export function EvidenceFacts({ evidence, withSentence = true }: { evidence: EvidenceView; withSentence?: boolean }) {
  const words = useWords();
  const segments = useSegments();
  return (
    <div>
      {withSentence && <Sentence>{evidenceSentence(evidence, segments, words)}</Sentence>}
      <Facts>
        <PointRows point={evidence} metric={evidence.metricName} threshold={evidence.threshold} />
        <BaselineRows evidence={evidence} />
        <dt>{words.messages.guards.title}</dt>
        <dd>
          <GuardList evidence={evidence} />
        </dd>
      </Facts>
    </div>
  );
}

/** A stored sample, by its row. */
export function SampleFacts({ data, row }: { data: SeriesData; row: number }) {
  const { messages } = useWords();
  const flags = data.flags[row] ?? 0;
  const score = data.scores[row] ?? null;
  const state = pointState(flags, score);
  const held = heldBackBy(flags);
  const point: Point = {
    timeMs: data.timesMs[row] ?? Number.NaN,
    value: data.values[row] ?? null,
    expected: data.expected[row] ?? null,
    lower: data.lower[row] ?? null,
    upper: data.upper[row] ?? null,
    score,
  };
  return (
    <Facts>
      <PointRows point={point} metric={data.metric} threshold={data.threshold} />
      <dt>{messages.guards.title}</dt>
      <dd>
        {held.length === 0 ? (
          <Muted>{data.detector === '' ? messages.chart.notWatched : messages.chart[state]}</Muted>
        ) : (
          <Guards>
            {held.map((guard) => (
              <li key={guard}>
                <Sign passed={false}>✗</Sign>
                <span>
                  {messages.guards.names[guard]} <Note>{messages.guards.held}</Note>
                </span>
              </li>
            ))}
          </Guards>
        )}
      </dd>
    </Facts>
  );
}

function PointRows({ point, metric, threshold }: { point: Point; metric: string; threshold: number }) {
  const { messages, format } = useWords();
  const unit = unitOf(metric);
  const { score } = point;
  return (
    <>
      <dt>{messages.chart.at}</dt>
      <dd>
        <Moment ms={point.timeMs} as="clock" /> <Note>{format.date(point.timeMs)}</Note>
      </dd>
      <dt>{messages.chart.seen}</dt>
      <dd>
        <b>{format.figure(point.value, unit)}</b>
      </dd>
      <dt>{messages.chart.expected}</dt>
      <dd>
        {format.figure(point.expected, unit)}{' '}
        {point.lower !== null && point.upper !== null && (
          <Note title={messages.chart.band}>{rangeWords(fromZero(point.lower, unit), point.upper, unit, format)}</Note>
        )}
      </dd>
      <dt>{messages.chart.score}</dt>
      <dd>
        {score === null ? (
          <Muted>{messages.chart.noScore}</Muted>
        ) : (
          <>
            <b>
              <Sigma score={score} />
            </b>{' '}
            <Note>
              {messages.chart.threshold} {format.number(threshold)}σ
            </Note>
          </>
        )}
      </dd>
    </>
  );
}

/** A baseline whose newest point is older than this is worth a word. */
const OLD_MS = 10 * 60_000;

function BaselineRows({ evidence }: { evidence: EvidenceView }) {
  const { messages, format } = useWords();
  const segments = useSegments();
  const { count, toMs } = evidence.baseline;
  const ageMs = toMs === null ? 0 : evidence.timeMs - toMs;
  return (
    <>
      <dt>{messages.chart.baseline}</dt>
      <dd>
        {messages.chart.baselinePoints(format.number(count), baselineSpan(evidence, segments, format))}
        {ageMs > OLD_MS && (
          <>
            <br />
            <Note>{messages.chart.baselineAge(format.duration(ageMs))}</Note>
          </>
        )}
      </dd>
      <dt>{messages.chart.method}</dt>
      <dd>{algorithmWords(evidence.algorithm, messages.chart.auto)}</dd>
    </>
  );
}

/** `auto` names what it chose: "auto: recent level". */
function algorithmWords(algorithm: string, auto: (name: string) => string): string {
  return algorithm.startsWith('auto: ') ? auto(algorithm.slice('auto: '.length)) : algorithm;
}

/** Each guard with what was asked and what was found. */
export function GuardList({ evidence }: { evidence: EvidenceView }) {
  const words = useWords();
  const { guards } = words.messages;
  return (
    <Guards>
      {evidence.guards.map((guard) => (
        <li key={guard.guard}>
          <Sign passed={guard.passed} aria-label={guard.passed ? guards.passed : guards.held} role="img">
            {guard.passed ? '✓' : '✗'}
          </Sign>
          <span>
            {guards.names[guard.guard]} {guardFigure(guard.guard, guard.actual, evidence.metricName, words)}
            {guard.limit !== guard.actual && (
              <Note>
                {' '}
                ({guards.asked} {guardFigure(guard.guard, guard.limit, evidence.metricName, words)})
              </Note>
            )}
          </span>
        </li>
      ))}
    </Guards>
  );
}
