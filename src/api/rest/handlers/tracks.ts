// The series that can be looked at, found by the words of their names, each with how its detector is set: where a
// back-test begins.
import { entityOf } from '#model/entity.ts';
import type { Plan } from '#model/plan.ts';
import type { Track } from '#model/score.ts';
import { metricNameOf } from '#model/series.ts';
import { isObserved, OBSERVED } from '#resource/observe/catalogue.ts';
import type { Context, Handler } from '../context.ts';
import type { Deployed, TrackView } from '../contract.ts';

export const tracks: Handler<'tracks'> = async (context, { query }) => {
  const { inventory } = await context.moments.now();
  const words = (query.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = inventory.tracks.filter((track) => {
    if (query.track !== undefined && track.key !== query.track) return false;
    if (query.detector !== undefined && track.detector !== query.detector) return false;
    const name = track.key.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  const shown = found.toSorted(bySeries).slice(0, query.limit);
  return { tracks: shown.map((track) => viewOf(context, track, inventory.serviceOf)), total: found.length };
};

function bySeries(a: Track, b: Track): number {
  if (a.series !== b.series) return a.series < b.series ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function viewOf(
  { deployed }: Context,
  { key, detector, series, labels, stepMs }: Track,
  serviceOf: (entity: TrackView['entity']) => string,
): TrackView {
  const entity = entityOf(labels);
  const metric = metricNameOf(labels);
  const settings = settingsOf(isObserved(detector) ? observedPlan(detector) : deployed?.find(detector, metric));
  const isElsewhere = deployed?.isElsewhere === true && detector !== '' && !isObserved(detector);
  return {
    ...{ track: key, detector, series, metric, labels, stepMs, entity },
    service: serviceOf(entity),
    deployed: settings,
    ...(settings === null && { deployedWhy: isElsewhere ? 'with-operator' : 'not-watched' }),
  };
}

/** With the query by which its series are read: what observes by itself has it beside the plan. */
function observedPlan(detector: string): Plan | undefined {
  const found = OBSERVED.find(({ plan }) => plan.detector === detector);
  return found && { ...found.plan, query: found.promql };
}

function settingsOf(plan: Plan | undefined): Deployed | null {
  if (plan === undefined) return null;
  const { selector, query = null, algorithm, parameters, threshold, guards } = plan;
  return { selector, query, algorithm, parameters, threshold, guards };
}
