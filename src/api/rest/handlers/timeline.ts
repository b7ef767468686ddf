// The strip of the day: what users felt as a line, what was found as marks, and the tape's stretches with their gaps.
import type { Context, Handler } from '../context.ts';
import type { Timeline } from '../contract.ts';
import { downsample } from '../downsample.ts';
import { findingSeverity } from '../finding-view.ts';
import type { Moment } from '../moment.ts';
import { feltTracks, kindOf } from './overview.ts';

const MOST_POINTS = 1360;
/** Steps without a point that make a hole. */
const GAP_STEPS = 5;

export const timeline: Handler<'timeline'> = async (context) => {
  const moment = await context.moments.now();
  return moment.once('timeline', () => timelineAt(context, moment));
};

async function timelineAt(context: Context, moment: Moment): Promise<Timeline> {
  const { tape } = context.replay.state();
  return {
    fromMs: tape.fromMs,
    toMs: tape.toMs,
    segments: tape.segments,
    felt: await feltLine(context, moment, tape.fromMs),
    faults: context.replay.answerKey?.().length ?? 0,
    findings: moment.findings
      .filter(({ closedMs }) => closedMs === undefined || closedMs >= tape.fromMs)
      .map((finding) => ({
        id: finding.id,
        startMs: finding.startMs,
        endMs: finding.endMs ?? finding.closedMs ?? null,
        severity: findingSeverity(finding),
        entity: finding.entity,
        service: moment.inventory.serviceOf(finding.entity),
        metric: finding.metric,
      })),
  };
}

/** The latency where it is measured, else the success rate; null when neither is. */
async function feltLine({ store, tracks: reader }: Context, moment: Moment, fromMs: number): Promise<Timeline['felt']> {
  const tracks = feltTracks(moment.inventory);
  const measured = await reader.measured(tracks, moment.nowMs);
  const usable = tracks.filter(({ key }) => measured.has(key));
  const track = usable.find((candidate) => kindOf(candidate) === 'latency') ?? usable[0];
  if (track === undefined) return null;
  const [scores] = await store.scores([track.key], { fromMs, toMs: moment.nowMs + 1 });
  if (scores === undefined) return null;
  const keep = kindOf(track) === 'latency' ? 'largest' : 'smallest';
  const line = downsample(scores.timesMs, scores.values, { most: MOST_POINTS, keep, gapMs: GAP_STEPS * track.stepMs });
  return { series: track.series, ...line };
}
