// What users feel: the front end's success rate and latencies as large figures beside what is usual. A rate that was
// zero throughout is said to be not measured.
import styled from '@emotion/styled';
import type { Felt } from '#api/rest/contract.ts';
import { labelsOf } from '../../core/families.ts';
import { ABSENT } from '../../core/format.ts';
import { metricWords, withoutPercentile } from '../../core/metric-words.ts';
import { unitOf } from '../../core/units.ts';
import { useApi, useWords } from '../../parts/services.ts';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Heading, Muted, Small } from '../../parts/surface.tsx';
import { colour, space, text } from '../../theme.ts';

const Figures = styled.dl({
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fit, minmax(9.5rem, max-content))',
  gap: `${space(2)} ${space(12)}`,
  margin: `${space(1)} 0 ${space(4)}`,
  dt: { color: colour.muted, fontSize: text.small },
  dd: { margin: 0 },
});
const Value = styled.span({ fontSize: text.figure, lineHeight: 1.34, fontWeight: 600, marginInlineEnd: space(2) });

export function FeltFigures({ felt }: { felt: readonly Felt[] }) {
  const { messages } = useWords();
  if (felt.length === 0) return null;
  const order = (one: Felt): number => (one.kind === 'success-ratio' ? 0 : 1);
  return (
    <section aria-label={messages.overview.felt}>
      <Heading>{messages.overview.felt}</Heading>
      <Figures>
        {[...felt]
          .sort((a, b) => order(a) - order(b))
          .map((one) => (
            <FeltFigure key={one.series} felt={one} />
          ))}
      </Figures>
    </section>
  );
}

/**
 * The state belongs to the whole family of percentiles: it is said plainly only beside the one that the newest finding
 * is of, else with the name of that one.
 */
function FeltBadge({ felt, severity }: { felt: Felt; severity: 'red' | 'amber' }) {
  const { messages, language } = useWords();
  const { service = '', namespace = '' } = labelsOf(felt.series);
  const found = useApi('findings', {
    entity: `service/${namespace}/${service}`,
    metric: withoutPercentile(felt.metric),
    ...(severity === 'red' ? { state: 'open' } : {}),
    limit: 1,
  }).data?.findings[0];
  // Without a finding it is the figure itself that is bad, and it says so now, not afterwards.
  if (found === undefined) {
    return <SeverityBadge severity={severity} label={messages.overview.feltBad} />;
  }
  if (found.members.some((member) => member.series === felt.series)) return <SeverityBadge severity={severity} />;
  const metric = metricWords(found.peak.metricName, language);
  return <SeverityBadge severity={severity} label={messages.overview.feltState(metric, messages.severity[severity])} />;
}

function FeltFigure({ felt }: { felt: Felt }) {
  const { messages, format, language } = useWords();
  const unit = unitOf(felt.metric);
  return (
    <div>
      <dt title={felt.series}>{metricWords(felt.metric, language)}</dt>
      {felt.measured ? (
        <dd>
          <Value>{format.figure(felt.value, unit)}</Value>
          {felt.unusual && felt.severity !== 'red' ? (
            <SeverityBadge severity="amber" label={messages.overview.feltFar} />
          ) : (
            felt.severity !== 'green' && <FeltBadge felt={felt} severity={felt.severity} />
          )}
          {felt.expected !== null && (
            <div>
              <Small>{messages.overview.usually(format.figure(felt.expected, unit))}</Small>
            </div>
          )}
        </dd>
      ) : (
        <dd>
          <Muted>{felt.value === null ? ABSENT : messages.overview.notMeasured}</Muted>
        </dd>
      )}
    </div>
  );
}
