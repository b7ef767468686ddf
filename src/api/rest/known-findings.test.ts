import { describe, expect, it } from 'vitest';
import { isOpen, knownAt } from './known-findings.ts';
import { FROM, findingOf, LABELS, MINUTE } from './test-world.ts';

const finding = findingOf(LABELS.call, FROM + 10 * MINUTE, FROM + 20 * MINUTE, 50);

describe('a finding as it was known', () => {
  it('before it was confirmed is nothing', () => {
    expect(knownAt(finding, finding.seenMs - 1)).toBeUndefined();
  });

  it('when it was confirmed is open, with the evidence that opened it', () => {
    const known = knownAt(finding, finding.seenMs);
    expect(known && isOpen(known)).toBe(true);
    expect(known).not.toHaveProperty('endMs');
    expect(known?.peak).toBe(finding.opening);
  });

  it('has its peak from when that was measured', () => {
    expect(knownAt(finding, finding.peak.timeMs)?.peak).toBe(finding.peak);
  });

  it('is closed from when that was known', () => {
    const before = knownAt(finding, FROM + 20 * MINUTE - 1);
    expect(before && isOpen(before)).toBe(true);
    expect(knownAt(finding, FROM + 20 * MINUTE)).toBe(finding);
  });
});
