// Whether the settings caught the fault that was laid, how late, and what held it back.
import { isOfFault, noFaultScores, noteFaultScore, type WhyMissed, whyMissed } from '#detect/caught-fault.ts';
import type { Finding } from '#model/finding.ts';
import type { Points } from '#model/score-block.ts';
import type { Laid } from './fault.ts';

export interface FaultVerdict {
  /** From its first point to when production could have known; undefined unless caught. */
  readonly delayMs: number | undefined;
  /** Undefined where it was caught. */
  readonly why: WhyMissed | undefined;
  /** The largest |score| while it lasted; NaN without one. */
  readonly peak: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** `clean`: what the same settings find without it. */
export function faultVerdict(
  { span, first, last }: Laid,
  { scores, flags }: Points,
  findings: readonly Finding[],
  clean: readonly Finding[],
): FaultVerdict {
  const seen = noFaultScores();
  for (let row = first; row <= last; row++) noteFaultScore(seen, scores[row] ?? Number.NaN, flags[row] ?? 0);
  const known = new Set(clean.map(({ id }) => id));
  const seenMs = findings
    .filter((finding) => !known.has(finding.id) && isOfFault(finding, span))
    .reduce((least, finding) => Math.min(least, finding.seenMs), Number.POSITIVE_INFINITY);
  const isCaught = seenMs < Number.POSITIVE_INFINITY;
  return {
    delayMs: isCaught ? seenMs - span.fromMs : undefined,
    why: isCaught ? undefined : whyMissed(seen),
    ...{ peak: seen.peak, fromMs: span.fromMs, toMs: span.toMs },
  };
}
