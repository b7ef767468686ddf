// One service or pod: its state and since when, its findings, its series as charts with the worst first, who calls it
// and whom it calls, and the spans around its newest finding.
import styled from '@emotion/styled';
import type { EntityDetail, EntityRef, FindingView } from '#api/rest/contract.ts';
import { isMissing } from '../../core/client.ts';
import { peakWords } from '../../core/evidence-words.ts';
import { metricWords } from '../../core/metric-words.ts';
import { entityPath, findingPath } from '../../core/route.ts';
import { AlertList } from '../../parts/alert-list.tsx';
import { Link } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useFetched, useServices, useWords } from '../../parts/services.ts';
import { SeverityBadge } from '../../parts/severity.tsx';
import { SpansAround } from '../../parts/spans.tsx';
import { StatusTile } from '../../parts/status-tile.tsx';
import {
  Card,
  Clip,
  Heading,
  Hidden,
  Moment,
  Muted,
  PageTitle,
  Row,
  Sigma,
  Small,
  Stack,
} from '../../parts/surface.tsx';
import { EntityTile, NarrowTileField } from '../../parts/tile.tsx';
import { atLeast, colour, space } from '../../theme.ts';
import { EntityCharts } from './entity-charts.tsx';

export function EntityView({ entity }: { entity: EntityRef }) {
  const key = `${entity.kind}/${entity.namespace}/${entity.name}`;
  const { client } = useServices();
  const about = entity.kind === 'service' ? { service: entity.name } : { entity: key };
  // Both together, so that nothing moves when the second one arrives.
  const page = useFetched(`entity page ${key}`, async () => {
    const [detail, { findings }] = await Promise.all([
      client.get('entity', { key }),
      client.get('findings', { ...about, limit: MOST_FINDINGS }),
    ]);
    // Spans are shown around the newest finding that has any.
    return { detail, findings, spansOf: detail.traced ?? findings[0] };
  });
  return (
    <Loaded
      from={page}
      heading={entity.name}
      skeleton={[12, 20, 60, 60]}
      onError={(error) => (isMissing(error) ? <Missing entity={entity} /> : undefined)}
    >
      {({ detail, findings, spansOf }) => (
        <Stack>
          <EntityHeader detail={detail} />
          {entity.kind === 'service' && <StatusTile detail={detail} />}
          <AlertList entity={key} />
          <Beside>
            <FindingsOf findings={findings} />
            <Neighbours detail={detail} />
          </Beside>
          <EntityCharts detail={detail} />
          {spansOf !== undefined && <SpansAround key={spansOf.id} finding={spansOf} service={detail.service} />}
        </Stack>
      )}
    </Loaded>
  );
}

const MOST_FINDINGS = 8;

const Beside = styled.div({
  display: 'grid',
  gap: space(4),
  alignItems: 'start',
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' },
});

function Missing({ entity }: { entity: EntityRef }) {
  const { messages } = useWords();
  return (
    <>
      <Hidden as="h1">{entity.name}</Hidden>
      <EmptyState title={`${messages.entity.kinds[entity.kind]} ${entity.name}`} next={messages.entity.missing}>
        <Link to="/">{messages.notFound.home}</Link>
      </EmptyState>
    </>
  );
}

function EntityHeader({ detail }: { detail: EntityDetail }) {
  const { messages } = useWords();
  const { entity, tile, service, runsOn } = detail;
  return (
    <Stack as="header" gap={1}>
      <Row>
        <Muted>{messages.entity.kinds[entity.kind]}</Muted>
        <PageTitle style={{ minWidth: 0 }}>
          <Clip>{entity.name}</Clip>
        </PageTitle>
        <SeverityBadge severity={tile.severity} />
        {tile.sinceMs !== null && (
          <Small>
            {messages.overview.since('')} <Moment ms={tile.sinceMs} /> · <Moment ms={tile.sinceMs} as="ago" />
          </Small>
        )}
      </Row>
      <Row gap={3}>
        {entity.namespace !== '' && <Small>{entity.namespace}</Small>}
        {entity.kind === 'pod' && service !== '' && (
          <Small>
            <Link to={entityPath({ kind: 'service', namespace: entity.namespace, name: service })}>
              {messages.entity.of(service)}
            </Link>
          </Small>
        )}
        {runsOn.length > 0 && (
          <Small title={runsOn.join(', ')}>
            {messages.entity.runsOn} {runsOn.slice(0, 3).join(', ')}
          </Small>
        )}
        <Small>{messages.entity.count(tile.series)}</Small>
      </Row>
    </Stack>
  );
}

const List = styled.ul({
  listStyle: 'none',
  margin: `${space(2)} 0 0`,
  padding: 0,
  li: {
    display: 'flex',
    alignItems: 'center',
    gap: space(3),
    padding: `${space(1)} 0`,
    borderTop: `1px solid ${colour.line}`,
    minWidth: 0,
  },
  '.what': { flex: 1, minWidth: 0 },
});

function FindingsOf({ findings }: { findings: readonly FindingView[] }) {
  const words = useWords();
  const { messages, language } = words;
  return (
    <Card>
      <Heading>{messages.entity.findings}</Heading>
      {findings.length === 0 ? (
        <Muted>{messages.entity.noFindings}</Muted>
      ) : (
        <List>
          {findings.map((finding) => (
            <li key={finding.id}>
              <SeverityBadge
                severity={finding.closedMs === undefined ? 'red' : 'green'}
                label={finding.closedMs === undefined ? messages.findings.states.open : messages.findings.states.closed}
              />
              <Link className="what" to={findingPath(finding.id)}>
                <Clip>{metricWords(finding.peak.metricName, language)}</Clip>{' '}
                <Small>
                  {finding.call !== undefined && `${messages.entity.calledBy(finding.call.source)} · `}
                  {peakWords(finding, words)}
                </Small>
              </Link>
              <b>
                <Sigma score={finding.peak.score} />
              </b>
              <Small>
                <Moment ms={finding.startMs} as="ago" />
              </Small>
            </li>
          ))}
        </List>
      )}
    </Card>
  );
}

const Group = styled.div({ '& + &': { marginTop: space(3) } });

function Neighbours({ detail }: { detail: EntityDetail }) {
  const { messages } = useWords();
  const groups = [
    { title: messages.entity.callers, tiles: detail.callers },
    { title: messages.entity.callees, tiles: detail.callees },
    { title: messages.entity[detail.entity.kind === 'pod' ? 'otherPods' : 'pods'], tiles: detail.pods },
  ].filter((group) => group.tiles.length > 0);
  if (groups.length === 0) return null;
  return (
    <Card aria-label={messages.entity.around}>
      {groups.map((group) => (
        <Group key={group.title}>
          <Heading style={{ marginBottom: space(2) }}>{group.title}</Heading>
          <NarrowTileField>
            {group.tiles.map((tile) => (
              <EntityTile key={`${tile.entity.kind}/${tile.entity.namespace}/${tile.entity.name}`} tile={tile} small />
            ))}
          </NarrowTileField>
        </Group>
      ))}
    </Card>
  );
}
