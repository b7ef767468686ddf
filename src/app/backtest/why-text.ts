// Why a fault was missed, or was not injected, in words.
import { MISSED_TEXT, type WhyMissed } from '#detect/caught-fault.ts';
import type { WhySkipped } from '#stats/place-faults.ts';

export const SKIPPED_TEXT: Readonly<Record<WhySkipped, string>> = {
  'never-moves': 'whose series never move, so that a sigma is nothing',
  'not-looked-for': 'where no detector looks into its direction',
  'no-season': 'where the hours of a day are alike, or there is no half day before',
  'not-seen': 'where the metric cannot move so far, and nobody could see it',
  'no-room': 'where no stretch after the warm-up is long enough, without a gap or a finding of its own',
};

/** The most frequent first. */
export function missedText(missed: Readonly<Partial<Record<WhyMissed, number>>>): string {
  const counted = Object.entries(missed) as [WhyMissed, number][];
  return counted
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => `${count} ${MISSED_TEXT[why]}`)
    .join(', ');
}
