// A detector as the reflector keeps it: what it watches or what is wrong with it, and the status that was last written. The raw
// object is let go at parse.
import type { KubeRecord } from '#kube/contract.ts';
import type { ParsedObject } from '#resource/anomaly-detector/parse-object.ts';
import { KIND } from '#resource/anomaly-detector/v1.ts';
import { problemText } from '#resource/problem.ts';
import { detectorName } from './detector-name.ts';
import type { DetectorStatus } from './detector-status.ts';
import { type ExtensionStanding, extensionStandingOf } from './extension-condition.ts';
import { type Watch, watchOf } from './watch.ts';

export interface DetectorRecord extends KubeRecord {
  /** AnomalyDetector, or the kind that looks across namespaces and is in none itself. */
  readonly kind: string;
  readonly generation: number;
  readonly apiVersion: string;
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  /** Absent when there is a problem. */
  readonly watch?: Watch;
  readonly problems: readonly string[];
  /** What it asks for and this version does not do. */
  readonly warnings?: readonly string[];
  /** Of spec.extension; absent where there is nothing to say of it. */
  readonly extension?: ExtensionStanding;
  /** As the API server has it; {} before the first was written. */
  readonly status: Partial<DetectorStatus>;
}

interface RawDetector {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly uid?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly status?: Partial<DetectorStatus>;
}

/** How the reflector of detectors projects an object. `parse` is the resource's own, with the known algorithms. */
export function detectorProjection(parse: (object: unknown) => ParsedObject) {
  return (object: unknown): DetectorRecord | undefined => {
    const { apiVersion = '', kind = KIND, metadata, status } = object as RawDetector;
    if (metadata?.uid === undefined || metadata.name === undefined) return undefined;
    const { detector, plans, problems, warnings: all } = parse(object);
    // The extension has a condition of its own.
    const warnings = all.filter(({ path }) => !path.startsWith('spec.extension'));
    const namespace = metadata.namespace ?? '';
    const extension = extensionStandingOf(detector?.extension);
    const { name } = metadata;
    return {
      ...{ kind, uid: metadata.uid, namespace, name },
      resourceVersion: metadata.resourceVersion ?? '',
      generation: metadata.generation ?? 0,
      apiVersion,
      deleting: metadata.deletionTimestamp !== undefined,
      finalizers: metadata.finalizers ?? [],
      // Detectors of one name may live in several namespaces: what they find must be told apart.
      ...(detector !== undefined && {
        watch: watchOf(
          detector,
          plans.map((plan) => ({ ...plan, detector: detectorName(namespace, name) })),
        ),
      }),
      ...(extension !== undefined && { extension }),
      problems: problems.map(problemText),
      ...(warnings.length > 0 && { warnings: warnings.map(problemText) }),
      status: status ?? {},
    };
  };
}
