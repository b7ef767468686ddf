// A detector as the API server gives it → what the operator acts on. Unknown fields are passed over, for the object may come
// of a newer version of the resource; its group is the installation's own.
import type { Plan } from '#model/plan.ts';
import { type Problem, pathText } from '../problem.ts';
import { isObject, type JsonValue } from '../schema/json-value.ts';
import { type MeaningPorts, meaningOf } from './meaning.ts';
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
  /** What its author should know; [] when there is a problem. */
  readonly warnings: readonly ObjectProblem[];
}

/**
 * With `ports` it is also judged by what no schema says, as a webhook judges it where there is one. Never throws, whatever the
 * object is.
 */
export function parseDetectorObject(object: unknown, algorithms: KnownAlgorithms, ports?: MeaningPorts): ParsedObject {
  const value = object as JsonValue;
  const group = isObject(value) && typeof value.apiVersion === 'string' ? value.apiVersion.split('/')[0] : undefined;
  const { detector, problems } = readDetector(value, {
    ...{ algorithms, group: group ?? DEFAULT_GROUP, unknownFields: 'drop' },
  });
  if (detector === undefined) return { plans: [], problems: problems.map(told), warnings: [] };
  const meaning = ports === undefined ? { problems: [], warnings: [] } : meaningOf(detector, ports);
  if (meaning.problems.length > 0) return { plans: [], problems: meaning.problems.map(told), warnings: [] };
  return { detector, plans: plansOf(detector), problems: [], warnings: meaning.warnings.map(told) };
}

function told({ path, message }: Problem): ObjectProblem {
  return { path: pathText(path), message };
}
