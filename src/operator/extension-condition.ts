// The condition ExtensionInvalid: `spec.extension` cannot be used, and the detector does its work all the same. Absent where
// there is none, or it is somebody else's.
import type { Extension } from '#resource/extension/index.ts';
import { extensionProblems, readExtension } from '#resource/extension/read-extension.ts';
import { problemText } from '#resource/problem.ts';
import { conditionOf, type DetectorCondition } from './condition.ts';

/** What is kept of an extension for as long as its detector is watched: words, and not the JSON. */
export interface ExtensionStanding {
  /** Where its author says what to do, in a few words. */
  readonly runbook?: string;
  /** Absent when nothing is wrong with it. */
  readonly problem?: { readonly reason: 'UnknownType' | 'Malformed'; readonly message: string };
}

const MOST_TOLD = 5;
/** Of what an event may hold. */
const MOST_RUNBOOK = 300;

/** `raw` is `Detector.extension`. Undefined where it is nobody's business here. */
export function extensionStandingOf(raw: string | undefined): ExtensionStanding | undefined {
  if (raw === undefined) return undefined;
  const read = readExtension(raw);
  const problems = extensionProblems(read);
  if (problems.length === 0) return read.kind === 'read' ? { ...runbookOf(read.value) } : undefined;
  const told = problems.slice(0, MOST_TOLD).map(problemText);
  const left = problems.length > MOST_TOLD ? `; and ${problems.length - MOST_TOLD} more` : '';
  const message = `The extension is not used, and the rest is: ${told.join('; ')}${left}`;
  return { problem: { reason: read.kind === 'bad' ? 'Malformed' : 'UnknownType', message } };
}

function runbookOf({ url, owner }: Extension['value']): { readonly runbook?: string } {
  const parts = [url, ...(owner === undefined ? [] : [`ask ${owner}`])].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { runbook: parts.join(', ').slice(0, MOST_RUNBOOK) };
}

/** Beside the condition Ready, which does not depend on it; [] where there is nothing to say. */
export function extensionConditions(
  standing: ExtensionStanding | undefined,
  before: readonly DetectorCondition[],
  observedGeneration: number,
  nowMs: number,
): readonly DetectorCondition[] {
  if (standing === undefined) return [];
  const { reason, message } = standing.problem ?? {
    reason: 'Valid',
    message: 'The extension has the type that it names.',
  };
  const status = standing.problem === undefined ? 'False' : 'True';
  const words = { type: 'ExtensionInvalid', status, reason, message, observedGeneration } as const;
  return [conditionOf(words, before, nowMs)];
}
