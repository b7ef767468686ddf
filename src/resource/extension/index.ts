// The registry of extension types, in alphabetical order. A new one is a file and a line here; the check, its words and the
// documentation follow.
import type { z } from 'zod';
import type { ExtensionType } from './contract.ts';
import { runbookV1 } from './runbook-v1.ts';

export const EXTENSIONS = {
  'runbook.tidewatch.io/v1': runbookV1,
} as const satisfies Record<string, ExtensionType>;

export type ExtensionName = keyof typeof EXTENSIONS;
type Known = { [Name in ExtensionName]: { type: Name; value: z.infer<(typeof EXTENSIONS)[Name]['definition']> } };
/** A value with its type, by which it is told apart. */
export type Extension = Known[ExtensionName];
