// What the tests of the installed roles share: one cluster, one shop in it, the roles as processes, and the load.
import type { ControlPlane } from '../../parts/control-plane.ts';
import type { Roles } from './processes.ts';
import type { PrometheusInCluster } from './prometheus-in-cluster.ts';
import type { ThirdMinute } from './third-minute.ts';

export interface Session {
  readonly plane: ControlPlane;
  readonly folder: string;
  readonly roles: Roles;
  readonly prometheus: PrometheusInCluster;
  /** Of the cart, whose scores are looked at. */
  readonly pod: string;
  readonly thirdMinute: ThirdMinute;
  /** Resolves when the garbage collector follows PodMonitors. */
  readonly podMonitors: Promise<void>;
}

/** A text that it resolves with is told beside the test's name. */
export type Test = (session: Session) => Promise<unknown>;
export type Tests = Readonly<Record<string, Test>>;

export const INSTALLED = 'tidewatch-system';
export const OPERATOR = `system:serviceaccount:${INSTALLED}:tidewatch-operator`;
/** Detectors with a metric each, so that something is scored and appended every few seconds. */
export const LOAD = 24;
export const LOADS: readonly string[] = Array.from({ length: LOAD }, (_, index) => `load-${index}`);
