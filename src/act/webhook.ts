// Any web server: the body that Alertmanager's own webhooks have (version 4), so that what takes those takes ours. Each beginning
// and each end is sent once, in order; what is sent again because nobody knows whether it arrived has the same Idempotency-Key.
import type { Alert } from '#model/alert.ts';
import type { Delivery, Notifier } from './contract.ts';

/** That there is no end yet, as Go says it. */
const NO_TIME = '0001-01-01T00:00:00Z';

export const webhook = {
  name: 'webhook',
  summary: 'post what detectors alert on to this address, once when it begins and once when it is over',
  source: 'https://prometheus.io/docs/alerting/latest/configuration/#webhook_config',
  params: {},
  create(_values, { url, pageUrl }) {
    return {
      next({ messages }) {
        const [message] = messages;
        if (message === undefined) return [];
        const { alert, number } = message;
        const delivery: Delivery = {
          url,
          headers: { 'content-type': 'application/json', 'idempotency-key': transitionOf(alert) },
          body: JSON.stringify(bodyOf(alert, pageUrl())),
          messages: [number],
        };
        return [delivery];
      },
    };
  },
} as const satisfies Notifier;

function transitionOf({ key, state, startsMs }: Alert): string {
  return `${key}-${startsMs}-${state}`;
}

function bodyOf(alert: Alert, pageUrl: string) {
  const { labels, annotations, key, startsMs, endsMs, link } = alert;
  const status = alert.state === 'resolved' ? 'resolved' : 'firing';
  return {
    version: '4',
    ...{ groupKey: key, truncatedAlerts: 0, status, receiver: 'tidewatch' },
    ...{ groupLabels: labels, commonLabels: labels, commonAnnotations: annotations, externalURL: pageUrl },
    alerts: [
      {
        ...{ status, labels, annotations },
        startsAt: new Date(startsMs).toISOString(),
        endsAt: endsMs === undefined ? NO_TIME : new Date(endsMs).toISOString(),
        generatorURL: `${pageUrl}${link}`,
        fingerprint: key.slice(0, 16),
      },
    ],
  };
}
