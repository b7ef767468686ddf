// What a notifier is: one plain object that knows what to send, to whom, now. How it is sent, tried again and marked as told is
// the same for all of them (delivering.ts), and so is what there is to tell (teller.ts).
import type { Alert, AlertChanges, AlertCommit, AlertMessage, MessageQueue } from '#model/alert.ts';

export interface NotifierParam {
  readonly kind: 'number';
  readonly summary: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

export type NotifierParams = Readonly<Record<string, NotifierParam>>;
export type NotifierValues<Params extends NotifierParams = NotifierParams> = {
  readonly [Name in keyof Params]: number;
};

export interface Notifier {
  /** Its option's name: `--<name> <url>`. */
  readonly name: string;
  /** What its option says. */
  readonly summary: string;
  /** Where what it speaks is written down. */
  readonly source: string;
  readonly params: NotifierParams;
  create(values: NotifierValues, deps: NotifierDeps): Sender;
}

export interface NotifierDeps {
  /** As it was given. */
  readonly url: URL;
  /** Of the page, without a slash at its end. */
  readonly pageUrl: () => string;
}

/** What there is to tell to one receiver. */
export interface Standing {
  /** Ours: all that fire, and those that were resolved lately. */
  readonly alerts: readonly Alert[];
  /** What it was not told yet, oldest first. */
  readonly messages: readonly AlertMessage[];
  /** When it last took all that there was; undefined since something failed, and at the start. */
  readonly sentMs: number | undefined;
  readonly nowMs: number;
}

export interface Delivery {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Numbers of the messages that are told when it is taken. */
  readonly messages: readonly number[];
}

export interface Sender {
  /** What is to be sent now, in this order; [] when nothing is. Pure. */
  next(standing: Standing): readonly Delivery[];
}

/** What is remembered of alerts and of what is to be told; a store keeps it. */
export interface Book {
  changes(): Promise<AlertChanges | undefined>;
  commit(commit: AlertCommit): Promise<number>;
  alerts(resolvedSinceMs: number): Promise<readonly Alert[]>;
  messages(receiver: string): Promise<MessageQueue>;
  told(receiver: string, numbers: readonly number[]): Promise<void>;
}

/** For so long what is over is told again: an Alertmanager keeps nothing, and may have been away. */
export const RESOLVED_FOR_MS = 15 * 60_000;
