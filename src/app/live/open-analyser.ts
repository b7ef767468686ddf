// Where declared detectors are scored: in this process, or by the analysers that were named.
import { byPlace } from '#analysis/by-place.ts';
import type { Analyser } from '#analysis/contract.ts';
import { withFallback } from '#analysis/fallback.ts';
import { createGrpcAnalyser } from '#analysis/grpc/client.ts';
import { createInProcessAnalyser } from '#analysis/in-process.ts';
import { createWindowScorer } from '#api/grpc/window-scorer.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Certificates } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

export function openAnalyser(
  options: { readonly analysers?: string; readonly fallback: boolean },
  {
    clock,
    random,
    log,
    credentials,
  }: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Log;
    readonly credentials?: Certificates;
  },
): Analyser {
  const scoreWindow = createWindowScorer(ALGORITHMS);
  const here = createInProcessAnalyser({
    ...{ score: (job) => scoreWindow(job, job.series), clock },
    onFault: (error, { algorithm, metricName }) => log.error({ err: error, algorithm, metricName }, 'a scorer failed'),
  });
  if (options.analysers === undefined) return here;
  const addresses = options.analysers.includes(',') ? options.analysers.split(',') : options.analysers;
  const there = createGrpcAnalyser({ addresses, clock, random, log, ...(credentials && { credentials }) });
  if (!options.fallback) return byPlace(there, here);
  const either = withFallback(there, here, {
    onFallback: (error) => log.warn({ err: error }, 'no analyser answers: scoring in this process'),
  });
  return byPlace(either, here);
}
