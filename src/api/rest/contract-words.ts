// What several parts of the contract have in common; contract.ts hands on what pages and the OpenAPI document name.
import { z } from 'zod';

export const ms = z.number().describe('Epoch milliseconds UTC');
export const figure = z.number().nullable().describe('null is missing');
export const severity = z.enum(['red', 'amber', 'green']);
/** What a caller names. Longer than any name of Kubernetes, and short enough to be looked for among all there are. */
export const word = z.string().max(400);
export const leftOut = z.number().describe('Oldest findings that are not listed because there are too many; else 0');

export const EntitySchema = z.object({
  kind: z.enum(['pod', 'service', 'node', 'other']),
  namespace: z.string(),
  name: z.string(),
});

export type EntityRef = z.infer<typeof EntitySchema>;
