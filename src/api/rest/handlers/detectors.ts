// The list of detectors and how they stand: as the operator knows them, or on a tape as the store's tracks tell. And what
// watches a cluster by itself.
import { OBSERVED } from '#resource/observe/catalogue.ts';
import type { Handler } from '../context.ts';
import { DetectorStateSchema, type DetectorView, type Reply } from '../contract.ts';
import { isOpen } from '../known-findings.ts';
import type { Moment } from '../moment.ts';

const MOST_NAMES = 100;

export const detectors: Handler<'detectors'> = async (context) => {
  const moment = await context.moments.now();
  const live = context.replay.state().mode === 'live';
  const list = context.detectors?.list() ?? (live ? [] : fromTracks(moment));
  return { nowMs: moment.nowMs, detectors: list.toSorted(worstFirst), observed: live ? observedOf(moment) : [] };
};

/** All of them: one without a series says that the cluster does not measure it. */
function observedOf({ inventory }: Moment): Reply<'detectors'>['observed'] {
  const counts = new Map<string, number>();
  for (const { detector } of inventory.tracks) counts.set(detector, (counts.get(detector) ?? 0) + 1);
  return OBSERVED.map(({ metricName, summary, plan }) => {
    return { name: plan.detector, metric: metricName, what: summary, series: counts.get(plan.detector) ?? 0 };
  });
}

function fromTracks({ inventory, findings }: Moment): DetectorView[] {
  const watched = inventory.tracks.filter(({ detector }) => detector !== '');
  return [...Map.groupBy(watched, ({ detector }) => detector)].map(([name, tracks]) => {
    const open = findings.filter((finding) => finding.detector === name && isOpen(finding));
    const hurt = open.filter(({ entity }) => entity.kind === 'pod').map(({ entity }) => entity.name);
    const anomalous = [...new Set(hurt)].sort();
    return {
      namespace: '',
      name,
      state: 'Active',
      monitoredPods: new Set(tracks.flatMap(({ labels }) => labels.pod ?? [])).size,
      anomalousPods: anomalous.slice(0, MOST_NAMES),
      anomalousPodCount: anomalous.length,
      lastCheckMs: null,
      lastScoreMs: null,
      series: tracks.length,
      message: '',
    };
  });
}

function worstFirst(a: DetectorView, b: DetectorView): number {
  const rank = ({ state }: DetectorView) => DetectorStateSchema.options.indexOf(state);
  const [first, second] = [a, b].map(({ namespace, name }) => `${namespace}/${name}`) as [string, string];
  return b.anomalousPodCount - a.anomalousPodCount || rank(b) - rank(a) || (first < second ? -1 : 1);
}
