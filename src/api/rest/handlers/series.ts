// Samples, expected band and scores of one track, up to the playhead.
import { AppError } from '#kit/errors.ts';
import type { Track } from '#model/score.ts';
import { metricNameOf } from '#model/series.ts';
import type { TrackScores } from '#store/contract.ts';
import type { Handler } from '../context.ts';
import type { SeriesData } from '../contract.ts';
import { figures } from '../figures.ts';

/** What a chart can draw; of a longer range the newest are given. */
const MOST_POINTS = 100_000;

export const series: Handler<'series'> = async (context, { query }) => {
  const { inventory, nowMs } = await context.moments.now();
  const track = inventory.tracks.find(({ key }) => key === query.track);
  if (track === undefined) {
    throw new AppError('not-found', `no track "${query.track}"; /api/entity lists the tracks of a service or pod`);
  }
  const toMs = Math.min(query.toMs ?? nowMs, nowMs);
  const fromMs = query.fromMs ?? context.replay.state().tape.fromMs;
  if (fromMs > toMs && query.toMs !== undefined && query.toMs < fromMs) {
    throw new AppError('bad-usage', `fromMs: expected at most toMs (${query.toMs}), got ${fromMs}`);
  }
  const range = { fromMs: Math.max(fromMs, toMs - MOST_POINTS * track.stepMs), toMs: toMs + 1 };
  const [scores] = fromMs > toMs ? [] : await context.store.scores([track.key], range);
  return dataOf(track, scores);
};

function dataOf(track: Track, scores: TrackScores | undefined): SeriesData {
  const none = new Float64Array();
  return {
    track: track.key,
    detector: track.detector,
    series: track.series,
    metric: metricNameOf(track.labels),
    threshold: track.threshold,
    stepMs: track.stepMs,
    timesMs: Array.from(scores?.timesMs ?? none),
    values: figures(scores?.values ?? none),
    expected: figures(scores?.expected ?? none),
    lower: figures(scores?.lower ?? none),
    upper: figures(scores?.upper ?? none),
    scores: figures(scores?.scores ?? none),
    flags: Array.from(scores?.flags ?? none),
  };
}
