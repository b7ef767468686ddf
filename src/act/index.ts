// The notifiers, alphabetical. Options, help and wiring follow from this list.
import { alertmanager } from './alertmanager.ts';
import type { Notifier } from './contract.ts';
import { webhook } from './webhook.ts';

export const NOTIFIERS = { alertmanager, webhook } as const satisfies Readonly<Record<string, Notifier>>;

export type NotifierName = keyof typeof NOTIFIERS;
