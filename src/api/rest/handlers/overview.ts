// The first screen: what is wrong now, worst first, and what users feel.
import { entityKey, entityOf } from '#model/entity.ts';
import { worseOf } from '#model/finding.ts';
import { feltKind, successSeverity } from '#model/metric-kinds.ts';
import type { Track } from '#model/score.ts';
import { familyKey, metricNameOf } from '#model/series.ts';
import type { Context, Handler } from '../context.ts';
import type { Felt, Overview } from '../contract.ts';
import { type Inventory, seriesCount } from '../inventory.ts';
import type { Moment } from '../moment.ts';
import { severityAt, sinceOf, tileOf, worstFirst } from '../tile.ts';
import type { Latest } from '../track-reader.ts';

/** Detectors are not judged, and the page says that they warm up, for the first hour of the tape. */
const WARM_UP_MS = 60 * 60_000;
/** A latency this many times its usual is worth a word, also while the guards still hold a finding back. */
const FAR_TIMES = 2;

export const overview: Handler<'overview'> = async (context) => {
  const moment = await context.moments.now();
  return moment.once('overview', () => overviewAt(context, moment));
};

async function overviewAt(context: Context, moment: Moment): Promise<Overview> {
  const things = [...moment.inventory.things.values()].filter((thing) => seriesCount(thing) > 0);
  // What is neither pod nor service stands for itself beside the services: a finding on it must have a tile.
  const services = things.filter(({ entity }) => entity.kind !== 'pod').map((thing) => tileOf(thing, moment));
  const pods = things.filter(({ entity }) => entity.kind === 'pod').map((thing) => tileOf(thing, moment));
  const unhealthy = services.filter(({ severity }) => severity === 'red').length;
  return {
    nowMs: moment.nowMs,
    unhealthy,
    quiet: services.length - unhealthy,
    sinceMs: sinceOf(moment.findings),
    felt: await feltAt(context, moment),
    services: services.sort(worstFirst),
    pods: pods.sort(worstFirst),
    warmingUp: warmingUp(context, moment),
    leftOut: moment.leftOut,
  };
}

/** A cluster is warmed from history, and says itself when that is done. */
function warmingUp({ replay }: Context, { nowMs }: Moment): boolean {
  const { mode, state, tape } = replay.state();
  return mode === 'live' ? state === 'warming' : nowMs < tape.fromMs + WARM_UP_MS;
}

async function feltAt({ tracks: reader }: Context, moment: Moment): Promise<Felt[]> {
  const tracks = feltTracks(moment.inventory);
  const latest = await reader.latest(tracks, moment.nowMs);
  const measured = await reader.measured(tracks, moment.nowMs);
  return tracks.map((track) => {
    const point = latest.get(track.key);
    const family = familyKey(track.labels);
    const own = moment.findings.filter((finding) => finding.family === family);
    const hurt =
      kindOf(track) === 'success-ratio' && measured.has(track.key)
        ? successSeverity(point?.value ?? Number.NaN)
        : 'green';
    return {
      metric: metricNameOf(track.labels),
      series: track.series,
      kind: kindOf(track),
      value: point?.value ?? null,
      expected: point?.expected ?? null,
      measured: measured.has(track.key),
      severity: worseOf(severityAt(own, moment.nowMs), hurt),
      unusual: kindOf(track) === 'latency' && measured.has(track.key) && isFarAbove(point, track.threshold),
    };
  });
}

function isFarAbove(point: Latest | undefined, threshold: number): boolean {
  const { value = null, expected = null, score = null } = point ?? {};
  if (value === null || expected === null || score === null) return false;
  return score > threshold && value >= FAR_TIMES * expected;
}

/** One track a felt series, the watched one where there is one; by kind and name. */
export function feltTracks(inventory: Inventory): Track[] {
  const best = new Map<string, Track>();
  for (const track of inventory.tracks) {
    if (feltKind(metricNameOf(track.labels)) === undefined || entityOf(track.labels).kind !== 'service') continue;
    if ((best.get(track.series)?.detector ?? '') === '') best.set(track.series, track);
  }
  const order = (track: Track) => `${kindOf(track) === 'success-ratio' ? 0 : 1} ${entityKey(entityOf(track.labels))}`;
  return [...best.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

export function kindOf(track: Track): Felt['kind'] {
  return feltKind(metricNameOf(track.labels)) ?? 'latency';
}
