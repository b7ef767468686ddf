// Alerts beside a store, wired: what they are made of, who is told, and what is stuck for the page. It never makes its role
// unready: the store goes on, and what is to be told waits in it.
import type { NotifierDeps } from '#act/contract.ts';
import { type Delivering, startDelivering } from '#act/delivering.ts';
import { NOTIFIERS, type NotifierName } from '#act/index.ts';
import { startTeller, type Teller } from '#act/teller.ts';
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { alertKey } from '#model/alert.ts';
import type { AlertBook } from '#store/contract.ts';
import type { NotifyFlags } from '../notify-options.ts';
import { bearerFrom } from '../secret-file.ts';
import type { HeardCounts } from './heard-alerts.ts';
import { sendingTroubles } from './sending-trouble.ts';

export interface Alerting {
  readonly teller: Pick<Teller, 'stats'>;
  /** Of what others say; undefined where nobody counts it. */
  heard(): HeardCounts | undefined;
  /** One for each receiver. */
  readonly receivers: readonly ReceiverInfo[];
  /** Findings were stored. */
  wake(): void;
  /** Where the page is, unless somebody said where it is seen from. */
  pageAt(url: string): void;
  troubles(): readonly Trouble[];
  close(): Promise<void>;
}

export interface ReceiverInfo extends Pick<Delivering, 'stats'> {
  readonly notifier: string;
  readonly place: string;
}

export interface AlertingDeps {
  readonly clock: Clock;
  /** For time-outs: one that never steps. */
  readonly steadyClock: Clock;
  readonly random: () => number;
  readonly log: Log;
  heard?(): HeardCounts;
  readonly fetch?: typeof globalThis.fetch;
}

/** Rejects with `bad-config` for a file that cannot be used. */
export async function openAlerting(book: AlertBook, flags: NotifyFlags, deps: AlertingDeps): Promise<Alerting> {
  const { clock, log } = deps;
  let pageUrl = (flags.pageUrl ?? 'http://localhost:8080').replace(/\/$/, '');
  const chosen = (Object.keys(NOTIFIERS) as NotifierName[]).flatMap((name) =>
    (flags[name] ?? []).map((text) => {
      const url = new URL(text);
      return { name, url, receiver: receiverOf(name, url) };
    }),
  );
  const tokens = await tokensOf(flags);
  const delivering: (Delivering & ReceiverInfo)[] = [];
  const teller = await startTeller({
    ...{ book, holdMs: flags.alertHold, clock, log },
    receivers: chosen.map(({ receiver }) => receiver),
    onMessages: () => {
      for (const one of delivering) one.wake();
    },
  });
  for (const { name, url, receiver } of chosen) {
    const own: NotifierDeps = { url, pageUrl: () => pageUrl };
    const authorization = tokens.get(name);
    const started = startDelivering({
      ...{ receiver, book, ...deps, fetch: deps.fetch ?? globalThis.fetch },
      ...{ alerts: teller.alerts, sender: NOTIFIERS[name].create({}, own) },
      ...(authorization && { authorization }),
    });
    delivering.push({ ...started, notifier: name, place: url.origin });
  }
  return {
    ...{ teller, receivers: delivering, wake: teller.wake },
    heard: () => deps.heard?.(),
    pageAt(url) {
      if (flags.pageUrl === undefined) pageUrl = url.replace(/\/$/, '');
    },
    troubles: () => delivering.flatMap((one) => troubleOf(one, clock)),
    async close() {
      await teller.close();
      await Promise.all(delivering.map((one) => one.close()));
    },
  };
}

/** What its messages are stored under. Paths and queries of chats are secrets: they are not written down. */
function receiverOf(name: NotifierName, url: URL): string {
  return `${name} ${url.origin} ${alertKey({ url: url.href }).slice(0, 8)}`;
}

async function tokensOf(flags: NotifyFlags): Promise<ReadonlyMap<NotifierName, () => Promise<string>>> {
  const tokens = new Map<NotifierName, () => Promise<string>>();
  for (const name of Object.keys(NOTIFIERS) as NotifierName[]) {
    const file = flags[`${name}TokenFile`];
    if (file === undefined) continue;
    const authorization = bearerFrom(file, `--${name}`);
    // A file that is not there is said now, and one that goes later while it runs.
    await authorization();
    tokens.set(name, authorization);
  }
  return tokens;
}

function troubleOf({ stats, notifier, place }: Delivering & ReceiverInfo, clock: Clock): Trouble[] {
  return sendingTroubles(stats().trouble, clock, (message) => ({
    what: `${notifier}: ${place} is not told: ${message}`,
    remedy: `What it is to be told waits and is sent when it takes it again. Is --${notifier} right?`,
  }));
}
