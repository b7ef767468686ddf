// What the API asks of whatever it shows: a tape that is played, or a cluster that is watched. And, of a cluster, of who
// knows its services and detectors. The root wires them, so that neither side knows the other.
import type { Plan } from '#model/plan.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { KnownFault } from '#model/signal.ts';
import type { DetectorState, DetectorView, ReplayCommand, ReplayState, ScrapeTargets } from './contract.ts';

export interface Source {
  /** Cheap: called several times a second. Of a live cluster `liveState` (live-state.ts) makes it. */
  state(): ReplayState;
  /**
   * The listener is called when the playhead, the state or anything in the store has changed; several times a second is
   * fine. Returns what ends it.
   */
  onChange(listener: () => void): () => void;
  /** Every series that is watched, so that what is there is shown before it is scored. */
  series(): readonly SeriesInfo[];
  /** Resolves as soon as the command is taken, with the state as it then is. Absent where time cannot be steered. */
  command?(command: ReplayCommand): Promise<ReplayState>;
  /** Truth, to be shown and never used. Empty when the tape has none; absent for a cluster, which nobody knows it of. */
  answerKey?(): readonly KnownFault[];
}

/** A source that is a tape. */
export type ReplayControl = Source & Required<Pick<Source, 'command' | 'answerKey'>>;

export interface ServiceOfName {
  readonly namespace: string;
  /** Names of the pods behind it now. */
  readonly pods: readonly string[];
}

export interface ServiceDirectory {
  /** The Kubernetes Services of this name, one a namespace; [] when there is none; undefined when that is not known. */
  find(name: string): readonly ServiceOfName[] | undefined;
}

export interface SelectingDetector {
  /** As its tracks call it: `namespace/name`. */
  readonly detector: string;
  readonly state: DetectorState;
}

export interface DetectorStates {
  /** The declared detectors that select any of these pods, in any order; [] when none does. */
  selecting(namespace: string, pods: readonly string[]): readonly SelectingDetector[];
}

export interface DetectorList {
  list(): readonly DetectorView[];
}

/** How the detectors are set, by the name that their tracks call them. */
export interface DeployedPlans {
  /** Undefined for one that is not known here. */
  find(detector: string, metricName: string): Plan | undefined;
  /** Somebody else knows those that are not known here. */
  readonly isElsewhere?: boolean;
}

export interface ScrapeTargetList {
  list(): ScrapeTargets;
}
