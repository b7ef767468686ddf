// A detector as the API server gives it → what the operator acts on. Unknown fields are passed over, for the object may come
// of a newer version of the resource; its group is the installation's own.
import type { Plan } from '#model/plan.ts';
import { pathText } from '../problem.ts';
import { isObject, type JsonValue } from '../schema/json-value.ts';
import type { KnownAlgorithms } from './method.ts';
import { plansOf } from './plan.ts';
import { type Detector, readDetector } from './read.ts';
import { DEFAULT_GROUP } from './v1.ts';

export interface ObjectProblem {
  /** `spec.guards.persistence.of`. */
  readonly path: string;
  /** What is expected, and what was found. */
  readonly message: string;
}

export interface ParsedObject {
  /** Absent when there is a problem. */
  readonly detector?: Detector;
  /** One for each metric; [] when there is a problem. */
  readonly plans: readonly Plan[];
  readonly problems: readonly ObjectProblem[];
}

/** Never throws, whatever the object is. */
export function parseDetectorObject(object: unknown, algorithms: KnownAlgorithms): ParsedObject {
  const value = object as JsonValue;
  const group = isObject(value) && typeof value.apiVersion === 'string' ? value.apiVersion.split('/')[0] : undefined;
  const { detector, problems } = readDetector(value, {
    ...{ algorithms, group: group ?? DEFAULT_GROUP, unknownFields: 'drop' },
  });
  if (detector !== undefined) return { detector, plans: plansOf(detector), problems: [] };
  return { plans: [], problems: problems.map(({ path, message }) => ({ path: pathText(path), message })) };
}
