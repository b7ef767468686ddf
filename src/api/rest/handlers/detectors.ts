// The list of detectors and how they stand: as the operator knows them, or on a tape as the store's tracks tell.
import type { Handler } from '../context.ts';
import { DetectorStateSchema, type DetectorView } from '../contract.ts';
import { isOpen } from '../known-findings.ts';
import type { Moment } from '../moment.ts';

const MOST_NAMES = 100;

export const detectors: Handler<'detectors'> = async (context) => {
  const moment = await context.moments.now();
  const list = context.detectors?.list() ?? (context.replay.state().mode === 'live' ? [] : fromTracks(moment));
  return { nowMs: moment.nowMs, detectors: list.toSorted(worstFirst) };
};

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
  return rank(b) - rank(a) || b.anomalousPodCount - a.anomalousPodCount || (first < second ? -1 : 1);
}
