import { expect, test } from 'vitest';
import { byPlace } from './by-place.ts';
import type { Analyser, AnalysisJob } from './contract.ts';

function job(metricName: string, isHere?: boolean): AnalysisJob {
  const series = { stepMs: 1, timesMs: new Float64Array(0), values: new Float64Array(0) };
  return { metricName, series, algorithm: 'a', parameters: {}, threshold: 3, ...(isHere !== undefined && { isHere }) };
}

function analyser(address: string, calls: string[]): Analyser {
  return {
    address,
    async analyse(jobs) {
      calls.push(`${address}: ${jobs.map(({ metricName }) => metricName).join()}`);
      return jobs.map(({ metricName }) => ({ ok: false, reason: 'refused', message: `${metricName} ${address}` }));
    },
    close: async () => void calls.push(`${address} closed`),
  };
}

test('each job goes where it belongs, and the outcomes come in the order of the jobs', async () => {
  const calls: string[] = [];
  const both = byPlace(analyser('there', calls), analyser('here', calls));
  const outcomes = await both.analyse([job('a'), job('b', true), job('c', false), job('d', true)]);
  expect(outcomes.map((outcome) => !outcome.ok && outcome.message)).toEqual(['a there', 'b here', 'c there', 'd here']);
  expect(calls.sort()).toEqual(['here: b,d', 'there: a,c']);
});

test('nobody is asked for nothing, and both are closed', async () => {
  const calls: string[] = [];
  const both = byPlace(analyser('there', calls), analyser('here', calls));
  expect(await both.analyse([])).toEqual([]);
  await both.analyse([job('a')]);
  await both.close();
  expect(calls).toEqual(['there: a', 'there closed', 'here closed']);
});
