import { expect, it } from 'vitest';
import type { Guards, Plan } from '#model/plan.ts';
import { loadDetectors } from '../load.ts';
import { SHIPPED } from '../shipped.ts';
import { methodText, settingsOf, settingsText } from './settings-text.ts';

const OPEN: Guards = {
  ...{ direction: 'both', minAbsoluteDeviation: 0, minRelativeDeviation: 0, range: {}, missing: 'ignore' },
  persistence: { points: 1, of: 1, clear: 1 },
};
const own = { algorithm: 'auto', parameters: {}, threshold: 3, guards: OPEN };

it('names the threshold and the persistence, and that nothing else is asked', () => {
  expect(settingsText(own)).toBe('method auto, threshold 3, persistence 1 of 1 (clear 1), no other guard');
});

it('names each guard that can hold a finding back', () => {
  const guards: Guards = {
    ...{ direction: 'above', minAbsoluteDeviation: 0.5, minRelativeDeviation: 1, range: { min: 0 }, missing: 'end' },
    persistence: { points: 2, of: 3, clear: 4 },
    denominator: { metricName: 'requests', min: 5 },
  };
  expect(settingsText({ ...own, guards })).toBe(
    'method auto, threshold 3, persistence 2 of 3 (clear 4), direction above, minAbsoluteDeviation 0.5, minRelativeDeviation 1, range 0.., missing end, denominator requests 5',
  );
});

it('says what the shipped ones have beside it', () => {
  expect(methodText({ used: own, shipped: { ...own, threshold: 4 } })).toBe(
    'Settings: method auto, threshold 3, persistence 1 of 1 (clear 1), no other guard; the shipped detectors have method auto, threshold 4, persistence 1 of 1 (clear 1), no other guard',
  );
});

it('the shipped detectors have one setting, so that the first speaks for all', async () => {
  const plans = await loadDetectors(SHIPPED.detectors);
  expect(plans.length).toBeGreaterThan(1);
  for (const plan of plans) expect(settingsOf(plan)).toEqual(settingsOf(plans[0] as Plan));
});
