// Alerts beside the findings: ours, and what an Alertmanager tells. What it says is data of somebody else: it is shown as text,
// and only an http address becomes a link.
import { AppError } from '#kit/errors.ts';
import { type Alert, alertKey, FORGOTTEN_MS } from '#model/alert.ts';
import { entityKey, entityOf } from '#model/entity.ts';
import type { Labels } from '#model/series.ts';
import type { Handler } from '../context.ts';
import type { AlertView } from '../contract.ts';
import { MOST_ANNOTATION, MOST_LABEL, MOST_LINK, MOST_NAME, MOST_NAMED } from '../contract-alerts.ts';
import type { Inventory } from '../inventory.ts';

const MOST_SHOWN = 200;

export const alerts: Handler<'alerts'> = async (context, { query }) => {
  const nowMs = context.clock.nowMs();
  const stored = (await context.alerts?.alerts(Number.POSITIVE_INFINITY)) ?? [];
  const { inventory } = await context.moments.now();
  const shown = stored
    .filter(
      ({ state, source, updatedMs }) => state === 'firing' && (source === 'own' || nowMs - updatedMs < FORGOTTEN_MS),
    )
    .map(viewOf)
    .filter(({ entity }) => query.entity === undefined || isOf(entity, query.entity, inventory))
    .sort((one, other) => other.startsMs - one.startsMs || (one.key < other.key ? -1 : 1));
  return { nowMs, alerts: shown.slice(0, MOST_SHOWN), leftOut: Math.max(0, shown.length - MOST_SHOWN) };
};

export const hearAlertmanager: Handler<'hearAlertmanager'> = async (context, { body }) => {
  const { alerts: book } = context;
  if (book === undefined) throw new AppError('not-found', 'a recording takes no alerts: only a live cluster does');
  const nowMs = context.clock.nowMs();
  const heard = body.alerts.map(({ status, labels, annotations, startsAt, endsAt, generatorURL }): Alert => {
    const startsMs = Date.parse(startsAt);
    return {
      ...{ key: alertKey(labels), source: 'alertmanager', state: status },
      ...{ labels: cut(labels, MOST_LABEL), annotations: cut(annotations, MOST_ANNOTATION) },
      ...{ link: linkOf(generatorURL), startsMs, updatedMs: nowMs },
      ...(status === 'resolved' && { endsMs: Math.max(startsMs, Date.parse(endsAt ?? '') || nowMs) }),
    };
  });
  if (heard.length === 0) return { heard: 0, own: 0, leftEarly: 0 };
  const { own, refused, leftEarly } = await book.hear(heard);
  if (refused > 0) {
    const kept = `the other ${heard.length - refused} were taken`;
    // An Alertmanager sends again after 503, and gives up for hours after any 4xx.
    throw new AppError('unavailable', `${refused} new alerts find no room beside those of others that fire: ${kept}`);
  }
  return { heard: heard.length - own, own, leftEarly };
};

function viewOf({ key, source, labels, annotations, startsMs, updatedMs, link }: Alert): AlertView {
  return {
    ...{ key, source, labels, annotations, startsMs, link },
    name: labels.alertname ?? '',
    severity: labels.severity ?? '',
    summary: annotations.summary ?? annotations.description ?? annotations.message ?? '',
    entity: namedBy(labels),
    heardMs: updatedMs,
  };
}

function namedBy(labels: Alert['labels']): AlertView['entity'] {
  const { kind, namespace, name } = entityOf(labels);
  return kind === 'other' ? null : { kind, namespace, name };
}

/** Whether it is of this one, or of a pod of this service. */
function isOf(entity: AlertView['entity'], key: string, inventory: Inventory): boolean {
  if (entity === null) return false;
  if (entityKey(entity) === key) return true;
  const service = entity.kind === 'pod' ? inventory.serviceOf(entity) : '';
  return service !== '' && entityKey({ kind: 'service', namespace: entity.namespace, name: service }) === key;
}

function cut(texts: Labels, most: number): Labels {
  const short = (text: string) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const named = Object.entries(texts).filter(([name]) => name.length <= MOST_NAME);
  return Object.fromEntries(named.slice(0, MOST_NAMED).map(([name, text]) => [name, short(text)]));
}

function linkOf(text: string): string {
  const url = text.length <= MOST_LINK && URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : '';
}
