// What handlers work with, and what a handler is: from checked input to a typed reply. Nothing here knows of HTTP.
import type { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AlertBook, Store } from '#store/contract.ts';
import type { About, Reply, ROUTES, RouteName } from './contract.ts';
import type { Moments } from './moment.ts';
import type { Past } from './past.ts';
import type {
  DeployedPlans,
  DetectorList,
  DetectorStates,
  ScrapeTargetList,
  ServiceDirectory,
  Source,
} from './replay-control.ts';
import type { TrackReader } from './track-reader.ts';

export interface Context {
  readonly store: Store;
  /** Absent where there are none, as of a recording. */
  readonly alerts?: Pick<AlertBook, 'alerts' | 'hear'>;
  /** The tape that is played, or the cluster that is watched. */
  readonly replay: Source;
  /** Without them the inventory of what has series stands in, as it must on a tape. */
  readonly services?: ServiceDirectory;
  readonly detectorStates?: DetectorStates;
  readonly detectors?: DetectorList;
  readonly deployed?: DeployedPlans;
  readonly scrapeTargets?: ScrapeTargetList;
  readonly moments: Moments;
  readonly past: Past;
  readonly tracks: TrackReader;
  readonly about: About;
  readonly log: Log;
  readonly clock: Clock;
}

type Checked<Name extends RouteName, Part extends 'params' | 'query' | 'body'> =
  (typeof ROUTES)[Name] extends Record<Part, infer Schema extends z.ZodType> ? z.infer<Schema> : undefined;

export interface Input<Name extends RouteName> {
  readonly params: Checked<Name, 'params'>;
  readonly query: Checked<Name, 'query'>;
  readonly body: Checked<Name, 'body'>;
}

export type Handler<Name extends RouteName> = (context: Context, input: Input<Name>) => Promise<Reply<Name>>;
