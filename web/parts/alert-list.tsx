// Alerts beside the findings: what detectors alert on, and what an Alertmanager sent. A recording has none.
import styled from '@emotion/styled';
import type { AlertView } from '#api/rest/contract.ts';
import { entityPath } from '../core/route.ts';
import { colour, space } from '../theme.ts';
import { Link } from './controls.tsx';
import { useApi, useIsLive, useWords } from './services.ts';
import { SeverityBadge } from './severity.tsx';
import { Card, Clip, Heading, Moment, Muted, Small } from './surface.tsx';

const List = styled.ul({
  listStyle: 'none',
  margin: `${space(2)} 0 0`,
  padding: 0,
  display: 'grid',
  gap: space(2),
  li: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: space(2), minWidth: 0 },
  '.what': { flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' },
  a: { color: colour.accent },
});

/** Of one entity (`kind/namespace/name`), or all. Nothing until they are known, so that nothing is said that is not so. */
export function AlertList({ entity }: { entity?: string }) {
  const { messages } = useWords();
  const live = useIsLive();
  const list = useApi('alerts', live ? { entity } : null).data;
  if (!live || list === undefined) return null;
  return (
    <Card aria-label={messages.alerts.title}>
      <Heading>{messages.alerts.title}</Heading>
      {list.alerts.length === 0 ? (
        <Muted>{messages.alerts.none}</Muted>
      ) : (
        <List>
          {list.alerts.map((alert) => (
            <AlertRow key={alert.key} alert={alert} named={entity === undefined} />
          ))}
        </List>
      )}
      {list.leftOut > 0 && <Small>{messages.alerts.leftOut(list.leftOut)}</Small>}
    </Card>
  );
}

/** Whoever sent it chose its words: they are shown as text. */
function AlertRow({ alert, named }: { alert: AlertView; named: boolean }) {
  const { messages } = useWords();
  const { severity, summary, name, entity, source, startsMs } = alert;
  const isMild = ['info', 'none', 'warning'].includes(severity.toLowerCase());
  return (
    <li>
      <SeverityBadge severity={isMild ? 'amber' : 'red'} label={severity === '' ? messages.alerts.firing : severity} />
      <span className="what">
        <AlertName alert={alert} /> <Small>{summary === name ? '' : summary}</Small>
      </span>
      {named && entity !== null && (
        <Link to={entityPath(entity)}>
          <Clip>{entity.name}</Clip>
        </Link>
      )}
      <Small>{messages.alerts.sources[source]}</Small>
      <Small>
        <Moment ms={startsMs} as="ago" />
      </Small>
    </li>
  );
}

function AlertName({ alert: { name, source, link } }: { alert: AlertView }) {
  const { messages } = useWords();
  const words = name === '' ? messages.alerts.nameless : name;
  if (source === 'own') return <Link to={link}>{words}</Link>;
  if (link === '') return <b>{words}</b>;
  return (
    <a href={link} target="_blank" rel="noreferrer noopener">
      {words}
    </a>
  );
}
