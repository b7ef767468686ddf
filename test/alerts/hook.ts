// Somebody who is told: a web server that takes webhooks and remembers them, and that may do something before it answers.
import { text } from 'node:stream/consumers';
import { startLocalServer } from '../fixtures/local-server.ts';

export interface HeardAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface HookCall {
  /** Of the request; '' where there is none. */
  readonly idempotencyKey: string;
  readonly body: string;
  readonly alerts: readonly HeardAlert[];
}

export interface Hook {
  readonly url: string;
  readonly calls: readonly HookCall[];
  /** `pod state` of each alert that was heard, in order; what came twice under one key is there once. */
  heard(): readonly string[];
  /** Called with the next request before it is answered; it is not answered when this says false. */
  before(react: ((call: HookCall) => Promise<boolean>) | undefined): void;
  stop(): Promise<void>;
}

export async function startHook(): Promise<Hook> {
  const calls: HookCall[] = [];
  let react: ((call: HookCall) => Promise<boolean>) | undefined;
  const { url, stop } = await startLocalServer(async (request, reply) => {
    const body = await text(request);
    const { alerts } = JSON.parse(body) as { alerts: readonly HeardAlert[] };
    const call = { idempotencyKey: String(request.headers['idempotency-key'] ?? ''), body, alerts };
    calls.push(call);
    if ((await react?.(call)) === false) return void reply.destroy();
    reply.writeHead(200).end();
  });
  return {
    ...{ url: `${url}/hook`, calls, stop },
    heard() {
      const known = new Set<string>();
      return calls.flatMap(({ idempotencyKey: key, alerts }) => {
        if (key !== '' && known.has(key)) return [];
        known.add(key);
        return alerts.map(({ labels, status }) => `${labels.pod} ${status}`);
      });
    },
    before(next) {
      react = next;
    },
  };
}
