// An AnomalyDetector as the API server gives it → its plan. The same definition as for files reads it, but for what the
// API server vouches for: apiVersion (the group is an installation's own), kind, metadata. Unknown fields are passed
// over, for the object may come of a newer version of the resource.

import { z } from 'zod';
import type { Plan } from '#model/plan.ts';
import { type Path, pathText } from '../problem.ts';
import { problemsOf, valueAt } from '../zod-problems.ts';
import { checkAlgorithm, type KnownAlgorithms } from './check-algorithm.ts';
import { planOf } from './plan.ts';
import { AnomalyDetectorSchema } from './v1.ts';

const ReadSchema = z.strictObject({ spec: AnomalyDetectorSchema.shape.spec });

export interface ObjectProblem {
  /** `spec.guards.persistence.of`. */
  readonly path: string;
  /** What is expected, and what was found. */
  readonly message: string;
}

export interface ParsedObject {
  /** Absent when there is a problem. */
  readonly plan?: Plan;
  readonly problems: readonly ObjectProblem[];
}

/** Never throws, whatever the object is. */
export function parseDetectorObject(object: unknown, algorithms: KnownAlgorithms): ParsedObject {
  const name = valueAt(object, ['metadata', 'name']);
  if (typeof name !== 'string' || name === '') {
    return { problems: [{ path: 'metadata.name', message: 'is missing; expected the name of the detector' }] };
  }
  const value = known({ spec: valueAt(object, ['spec']) });
  const result = ReadSchema.safeParse(value);
  const shape = result.success ? [] : problemsOf(result.error, ReadSchema, value);
  const own = checkAlgorithm(value, algorithms);
  const problems = [...shape, ...own.problems].map(({ path, message }) => ({ path: pathText(path), message }));
  if (!result.success || problems.length > 0) return { problems };
  return { plan: planOf({ metadata: { name }, spec: result.data.spec }, own.values), problems };
}

/** A copy without the keys that the definition does not know. */
function known(value: unknown): unknown {
  const unknown: Path[] = [];
  for (const issue of ReadSchema.safeParse(value).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    for (const key of issue.keys) unknown.push([...parent, key]);
  }
  if (unknown.length === 0) return value;
  const copy: unknown = structuredClone(value);
  for (const path of unknown) {
    const parent = valueAt(copy, path.slice(0, -1));
    if (parent !== null && typeof parent === 'object') Reflect.deleteProperty(parent, path.at(-1) ?? '');
  }
  return copy;
}
