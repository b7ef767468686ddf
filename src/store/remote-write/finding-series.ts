// Which series a finding becomes: `tidewatch_finding`, one for each finding by its id, with the score of its peak at the
// time of that, and 0 where it closed. What is written again because it grew is written at its new peak.
import type { Finding } from '#model/finding.ts';
import type { Sample } from './samples.ts';
import { labelPairs } from './score-series.ts';

export function findingSamples(finding: Finding): Sample[] {
  const { id, detector, entity, metric, direction, peak, confirmedMs, closedMs } = finding;
  const { kind, namespace, name } = entity;
  const series = labelPairs({
    ...{ __name__: 'tidewatch_finding', finding: id, detector, metric, direction, kind, namespace },
    // So that it joins with the scores of its pod or service.
    [kind === 'pod' || kind === 'service' || kind === 'node' ? kind : 'name']: name,
  });
  const samples = [{ series, timeMs: Math.max(confirmedMs, peak.timeMs), value: peak.score }];
  if (closedMs !== undefined) samples.push({ series, timeMs: closedMs, value: 0 });
  return samples.filter(({ value }) => !Number.isNaN(value));
}
