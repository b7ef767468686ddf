// One service or pod: its tile, its series with what is going on in each, and who is around it.

import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { entityOf } from '#model/entity.ts';
import type { Track } from '#model/score.ts';
import { familyKey, metricNameOf } from '#model/series.ts';
import type { Context, Handler } from '../context.ts';
import type { EntityDetail, SeriesSummary, Tile } from '../contract.ts';
import { findingView } from '../finding-view.ts';
import { type Inventory, neighboursOf, nodesOf, serviceThing, type Thing } from '../inventory.ts';
import { isOpen } from '../known-findings.ts';
import type { Moment } from '../moment.ts';
import { openFindingsOf } from '../open-findings.ts';
import { tileOf } from '../tile.ts';
import { MOST_READ, servicesAround } from './spans.ts';

/** A service of a hundred pods has thousands of series; those with a finding come first, the rest is a click away. */
const MOST_SERIES = 300;

export const entity: Handler<'entity'> = async (context, { query }) => {
  const moment = await context.moments.now();
  const thing = find(moment.inventory, query.key);
  return moment.once(`entity ${thing.key}`, () => entityAt(context, moment, thing));
};

function find({ things }: Inventory, key: string): Thing {
  const thing = things.get(key);
  if (thing !== undefined) return thing;
  const close = nearest(key, [...things.keys()]);
  const hint =
    close === undefined ? 'expected kind/namespace/name of something on the overview' : `did you mean "${close}"?`;
  throw new AppError('not-found', `nothing is known of "${key}"; ${hint}`);
}

async function entityAt(context: Context, moment: Moment, thing: Thing): Promise<EntityDetail> {
  const { inventory } = moment;
  const service = serviceThing(inventory, thing);
  const tiles = (things: readonly Thing[]): Tile[] => things.map((other) => tileOf(other, moment));
  return {
    nowMs: moment.nowMs,
    entity: thing.entity,
    service: thing.service,
    tile: tileOf(thing, moment),
    series: await summaries(context, moment, thing),
    callers: service === undefined ? [] : tiles(neighboursOf(inventory, service, 'callers')),
    callees: service === undefined ? [] : tiles(neighboursOf(inventory, service, 'callees')),
    pods: tiles((service?.pods ?? []).filter((pod) => pod !== thing)),
    runsOn: nodesOf(inventory, thing),
    detectors: detectorsOf(context, thing),
    traced: await tracedFinding(context, moment, thing),
  };
}

function detectorsOf({ detectorStates }: Context, { entity, pods }: Thing): EntityDetail['detectors'] {
  const { kind, namespace, name } = entity;
  const names = kind === 'pod' ? [name] : pods.map((pod) => pod.entity.name);
  const selecting = detectorStates?.selecting(namespace, names) ?? [];
  return selecting.map(({ detector, state }) => ({ name: detector.slice(detector.indexOf('/') + 1), state }));
}

/** Findings that are looked at for spans, newest first; the page lists fewer. */
const MOST_TRACED = 20;
/** Spans count from this long before a finding began to this long after it was confirmed. */
const LEAD_MS = 60_000;

async function tracedFinding({ store }: Context, moment: Moment, thing: Thing): Promise<EntityDetail['traced']> {
  const { inventory, nowMs } = moment;
  const service = serviceThing(inventory, thing);
  const newest = moment
    .findingsOf(thing)
    .toSorted((a, b) => b.seenMs - a.seenMs)
    .slice(0, MOST_TRACED);
  if (service === undefined || newest.length === 0) return null;
  const fromMs = Math.min(...newest.map(({ startMs }) => startMs)) - LEAD_MS;
  const toMs = Math.min(nowMs, Math.max(...newest.map(({ confirmedMs }) => confirmedMs)) + LEAD_MS) + 1;
  const services = servicesAround(inventory, [service]);
  const spans = await store.spans({ range: { fromMs, toMs }, services, limit: MOST_READ });
  const traced = newest.find(({ startMs, confirmedMs }) =>
    spans.some((span) => span.startMs >= startMs - LEAD_MS && span.startMs <= confirmedMs + LEAD_MS),
  );
  return traced === undefined ? null : findingView(traced, inventory);
}

async function summaries({ tracks: reader }: Context, moment: Moment, thing: Thing): Promise<SeriesSummary[]> {
  const own = [thing, ...thing.pods].flatMap(({ key }) => moment.inventory.tracksOf.get(key) ?? []);
  const openOn = openFindingsOf(moment.findingsOf(thing).filter(isOpen), own);
  const tracks = own.sort((a, b) => compareTracks(a, b, openOn)).slice(0, MOST_SERIES);
  const latest = await reader.latest(tracks, moment.nowMs);
  const measured = await reader.measured(tracks, moment.nowMs);
  return tracks.map((track) => ({
    series: track.series,
    entity: entityOf(track.labels),
    track: track.key,
    detector: track.detector,
    metric: metricNameOf(track.labels),
    family: familyKey(track.labels),
    ...callOf(track),
    threshold: track.threshold,
    measured: measured.has(track.key),
    openFinding: openOn(track) ?? null,
    latest: latest.get(track.key) ?? null,
  }));
}

function callOf({ labels: { source, destination } }: Track): Pick<SeriesSummary, 'call'> {
  return source === undefined || destination === undefined ? {} : { call: { source, destination } };
}

/** What has a finding first, then what is watched, then by series and detector. */
function compareTracks(a: Track, b: Track, openOn: (track: Track) => string | undefined): number {
  const order = (track: Track) => (openOn(track) !== undefined ? 0 : track.detector !== '' ? 1 : 2);
  return order(a) - order(b) || (a.series < b.series ? -1 : a.series > b.series ? 1 : a.detector < b.detector ? -1 : 1);
}
