// Alertmanager's API v2. It keeps no alerts: what fires is sent again and again, with an end that lies ahead, so that it ends
// there by itself when nobody is left to send; what is over is sent for a quarter of an hour. The start never moves.
import type { Alert } from '#model/alert.ts';
import { type Delivery, type Notifier, RESOLVED_FOR_MS, type Standing } from './contract.ts';

const PARAMS = {
  resendMs: {
    kind: 'number',
    summary: 'What fires is sent again after this long.',
    ...{ default: 30_000, min: 1000, max: 60_000, unit: 'ms' },
  },
  aheadMs: {
    kind: 'number',
    summary: 'It ends by itself when it was not sent again for this long.',
    ...{ default: 240_000, min: 60_000, max: 3_600_000, unit: 'ms' },
  },
} as const;

/** Alerts of one request. */
const BATCH = 500;

export const alertmanager = {
  name: 'alertmanager',
  summary: 'tell what detectors alert on to this Alertmanager, such as http://alertmanager:9093',
  source: 'https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml',
  params: PARAMS,
  create({ resendMs = PARAMS.resendMs.default, aheadMs = PARAMS.aheadMs.default }, { url, pageUrl }) {
    const target = new URL(url);
    target.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`;
    return {
      next(standing) {
        const { messages, sentMs, nowMs } = standing;
        const isDue = sentMs === undefined || nowMs - sentMs >= resendMs || messages.length > 0;
        const alerts = isDue ? [...latest(standing).values()] : [];
        return Array.from({ length: Math.ceil(alerts.length / BATCH) }, (_, index): Delivery => {
          const some = alerts.slice(index * BATCH, (index + 1) * BATCH);
          const keys = new Set(some.map(({ key }) => key));
          return {
            url: target,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(some.map((alert) => posted(alert, { nowMs, aheadMs, pageUrl: pageUrl() }))),
            messages: messages.filter(({ alert }) => keys.has(alert.key)).map(({ number }) => number),
          };
        });
      },
    };
  },
} as const satisfies Notifier;

/** By key: what fires or was resolved lately, and what it was not told of, each as it is now. */
function latest({ alerts, messages, nowMs }: Standing): ReadonlyMap<string, Alert> {
  const told = messages.map(({ alert }) => alert);
  const now = alerts.filter(
    ({ state, updatedMs }) => state === 'firing' || (state === 'resolved' && nowMs - updatedMs < RESOLVED_FOR_MS),
  );
  return new Map([...told, ...now].map((alert) => [alert.key, alert]));
}

interface Posting {
  readonly nowMs: number;
  readonly aheadMs: number;
  readonly pageUrl: string;
}

function posted(alert: Alert, { nowMs, aheadMs, pageUrl }: Posting) {
  const { labels, annotations, startsMs, endsMs = nowMs + aheadMs, link } = alert;
  return {
    ...{ labels, annotations },
    startsAt: new Date(startsMs).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
    generatorURL: `${pageUrl}${link}`,
  };
}
