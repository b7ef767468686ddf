// `runbook.tidewatch.io/v1`: what somebody who is woken by a finding wants to know, and no metric says.
import { z } from 'zod';
import { list, oneOf, text } from '../fields.ts';
import { rule, rules } from '../schema/structural-schema.ts';
import type { ExtensionType } from './contract.ts';

// People will click on it: no other protocol, no password in front of the host, and no letter that looks like another.
const ADDRESS =
  /^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?([/?#][!#-&(-;=?-[\]^_a-z{|}~]*)?$/;
const EXPECTED = 'expected an address that begins with https://, of at most 2048 characters, without a password';

const NAME = 'expected a text of 1 to 253 characters in one line';
const oneLine = text(253, /^[^\p{Cc}]+$/u, NAME);

const definition = z
  .strictObject({
    apiVersion: oneOf(['runbook.tidewatch.io/v1']).describe('Its type'),
    url: text(2048, ADDRESS, EXPECTED).optional().describe('Where it is written what to do'),
    notes: text(4096).min(1).optional().describe('What to know at once, as plain text'),
    owner: oneLine.optional().describe('Whose it is: a team or a person'),
    escalation: list(oneLine, 8, 1).optional().describe('Whom to ask next, in this order'),
  })
  .meta(
    rules(
      rule(
        'has(self.url) || has(self.notes) || has(self.owner) || has(self.escalation)',
        'expected at least one of url, notes, owner and escalation',
      ),
    ),
  );

export const runbookV1 = {
  summary: 'Links and notes for whoever a finding wakes.',
  definition,
} as const satisfies ExtensionType;
