// The kinds that are judged here: ours, as the webhook judges them, and those of somebody's schemas.
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { meaningOf } from '#resource/anomaly-detector/meaning.ts';
import { type Detector, readDetector } from '#resource/anomaly-detector/read.ts';
import { kindSchemas } from '#resource/kinds.ts';
import type { Problem } from '#resource/problem.ts';
import { checkObject, type KindSchema } from '#resource/schema/check-object.ts';
import type { UnjudgedRule } from '#resource/schema/check-rules.ts';
import { isObject, type JsonValue } from '#resource/schema/json-value.ts';

export interface KindOfFile extends KindSchema {
  readonly file: string;
}

export interface Verdict {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly unjudged: readonly UnjudgedRule[];
  /** Where it is one of ours and nothing is wrong with it. */
  readonly detector?: Detector;
}

export interface KnownKinds {
  /** Of what was given, the first that is one of ours: ours know what no schema says, and are judged by nothing else. */
  readonly unused?: KindOfFile;
  /** Undefined for an object of another kind. */
  verdictOf(value: JsonValue): Verdict | undefined;
  isOurs(value: JsonValue): boolean;
  /** Whether an object of one of these kinds may be in a text that cannot be read. */
  isIn(text: string): boolean;
}

export function createKnownKinds(group: string, given: readonly KindOfFile[]): KnownKinds {
  const ours = kindSchemas(ALGORITHMS, group);
  const isOwn = (of: KindSchema) => groupOf(of.apiVersion) === group && ours.some(({ kind }) => kind === of.kind);
  const schemas = given.filter((of) => !isOwn(of));
  const unused = given.find(isOwn);
  const groups = [...new Set([group, ...schemas.map(({ apiVersion }) => groupOf(apiVersion))])].filter(Boolean);

  /** A near miss of ours is ours: a typo in the version must not be passed over. */
  function isOurs(value: JsonValue): boolean {
    if (!isObject(value)) return false;
    return ours.some(({ kind }) => kind === value.kind) || groupOf(String(value.apiVersion)) === group;
  }

  function verdictOf(value: JsonValue): Verdict | undefined {
    if (!isObject(value)) return { problems: [{ path: [], message: 'expected an object of Kubernetes' }], ...NOTHING };
    const of = schemas.find(({ apiVersion, kind }) => value.apiVersion === apiVersion && value.kind === kind);
    if (of !== undefined) return { ...checkObject(value, of), warnings: [] };
    if (!isOurs(value) && value.apiVersion !== undefined && value.kind !== undefined) return undefined;
    const { detector, problems, unjudged } = readDetector(value, {
      ...{ algorithms: ALGORITHMS, group, unknownFields: 'refuse' },
    });
    const meaning = detector === undefined ? { problems: [], warnings: [] } : meaningOf(detector, { queryProblem });
    const isGood = detector !== undefined && meaning.problems.length === 0;
    return {
      ...{ problems: [...problems, ...meaning.problems], warnings: meaning.warnings, unjudged },
      ...(isGood && { detector }),
    };
  }

  return {
    ...(unused && { unused }),
    ...{ verdictOf, isOurs, isIn: (text) => groups.some((name) => text.includes(name)) },
  };
}

const NOTHING = { warnings: [], unjudged: [] } as const;

export function groupOf(apiVersion: string): string {
  return apiVersion.split('/').slice(0, -1).join('/');
}
