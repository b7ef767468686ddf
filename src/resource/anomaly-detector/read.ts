// A detector in any version and of either kind → its spec in the hub's version, typed, every default in place. The schema of
// its own version judges it; zod only gives the types, and must never be stricter.
import type { ParamValues } from '#detect/contract.ts';
import { methodField } from '#detect/index.ts';
import { holidaysText } from '#model/holidays.ts';
import { rawExtension } from '../extension/read-extension.ts';
import { type KindOfObject, kindSchemas } from '../kinds.ts';
import { type Checkable, checkParameters } from '../parameters.ts';
import { type Problem, shown, unknownName } from '../problem.ts';
import { checkObject, type ObjectVerdict } from '../schema/check-object.ts';
import type { UnjudgedRule } from '../schema/check-rules.ts';
import { isObject, type JsonObject, type JsonValue, withDoubles } from '../schema/json-value.ts';
import { holidaysOf } from './calendar.ts';
import { convertDetector } from './convert.ts';
import { type KnownAlgorithms, parametersGiven } from './method.ts';
import { type ClusterSpecV2, clusterSpecV2, type SpecV2, specV2 } from './v2.ts';

export interface Detector {
  readonly name: string;
  /** '' where it belongs to none, or where it is not said. */
  readonly namespace: string;
  /** Absent for the kind that looks into its own namespace only; [] is all. */
  readonly namespaces?: readonly string[];
  readonly spec: SpecV2;
  readonly algorithm: string;
  /** Of the algorithm, checked and completed. */
  readonly parameters: ParamValues;
  /** `spec.extension` as JSON, as it was written: what it is, its own type says when it is used (../extension/). */
  readonly extension?: string;
}

export interface ReadDetector {
  /** Absent when there is a problem. */
  readonly detector?: Detector;
  readonly problems: readonly Problem[];
  readonly unjudged: readonly UnjudgedRule[];
}

export interface ReadOptions {
  readonly algorithms: KnownAlgorithms;
  readonly group: string;
  /** What is done with fields that nobody knows: of a file they are mistakes, of a cluster they may be news. */
  readonly unknownFields: 'refuse' | 'drop';
}

/** Never throws, whatever the object is. */
export function readDetector(object: JsonValue, options: ReadOptions): ReadDetector {
  const { algorithms, group } = options;
  const found = kindOf(object, kindSchemas(algorithms, group));
  if ('problem' in found) return { problems: [found.problem], unjudged: [] };
  const { value, problems, unjudged } = checkObject(object, found.of, options.unknownFields);
  if (!isObject(value) || problems.length > 0) return { problems, unjudged };
  return readChecked(value, found.of, options, { value, problems, unjudged });
}

function readChecked(
  value: JsonObject,
  { of }: KindOfObject,
  { algorithms }: ReadOptions,
  { unjudged }: ObjectVerdict,
): ReadDetector {
  const definition = of.isNamespaced ? specV2(algorithms) : clusterSpecV2(algorithms);
  const { spec: stored } = convertDetector(value, 'v2');
  const extension = isObject(stored) ? stored.extension : undefined;
  const typed = definition.safeParse(readable(stored));
  if (!typed.success) {
    const [issue] = typed.error.issues;
    const path = ['spec', ...(issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)))];
    return { problems: [{ path, message: issue?.message ?? 'cannot be read' }], unjudged };
  }
  const spec: SpecV2 | ClusterSpecV2 = typed.data;
  const { algorithm, values, problems } = methodOf(spec, algorithms);
  if (problems.length > 0) return { problems, unjudged };
  const metadata = isObject(value.metadata) ? value.metadata : {};
  return {
    detector: {
      name: String(metadata.name ?? metadata.generateName ?? ''),
      namespace: typeof metadata.namespace === 'string' ? metadata.namespace : '',
      ...(isOfCluster(spec) && { namespaces: spec.namespaces.names ?? [] }),
      ...{ spec, algorithm, parameters: values },
      ...(extension !== undefined && { extension: rawExtension(extension) }),
    },
    problems,
    unjudged,
  };
}

/** For zod, which takes no bigint for a number. An extension stays as it is: it is not ours, and may be nested deeply. */
function readable(stored: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(stored)) return stored;
  const { extension, ...rest } = stored;
  return { ...(withDoubles(rest) as JsonObject), ...(extension !== undefined && { extension }) };
}

function isOfCluster(spec: SpecV2 | ClusterSpecV2): spec is ClusterSpecV2 {
  return 'namespaces' in spec;
}

/** The method by either of its two names, with its parameters. */
function methodOf({ method, algorithm, parameters = {}, calendar }: SpecV2, algorithms: KnownAlgorithms) {
  const name = algorithm ?? method?.name ?? 'auto';
  const known = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
  if (known === undefined) {
    const path = ['spec', ...(algorithm === undefined ? ['method', 'name'] : ['algorithm'])];
    return {
      algorithm: name,
      values: {},
      problems: [{ path, message: unknownName('algorithm', name, Object.keys(algorithms)) }],
    };
  }
  const [given, at] =
    algorithm === undefined
      ? [method === undefined ? {} : parametersGiven(method), ['spec', 'method', methodField(name)]]
      : [withoutNulls(parameters), ['spec', 'parameters']];
  const { values, problems } = checkParameters(given, known, at);
  return { algorithm: name, values: { ...ofCalendar(calendar, known), ...values }, problems };
}

/** What a method that knows local time is not given itself. */
function ofCalendar(calendar: SpecV2['calendar'], { params }: Checkable): ParamValues {
  const { timeZone } = calendar;
  const holidays = holidaysText(holidaysOf(calendar));
  return {
    ...(Object.hasOwn(params, 'timeZone') && timeZone !== 'UTC' && { timeZone }),
    ...(Object.hasOwn(params, 'holidays') && holidays !== '' && { holidays }),
  };
}

function withoutNulls(parameters: NonNullable<SpecV2['parameters']>): ParamValues {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

type Found = { readonly of: KindOfObject } | { readonly problem: Problem };

/** The schema of an object, by what it says it is. */
function kindOf(object: JsonValue, known: readonly KindOfObject[]): Found {
  if (!isObject(object)) return { problem: { path: [], message: `expected a mapping, got ${shown(object)}` } };
  const { apiVersion, kind } = object;
  const kinds = [...new Set(known.map((one) => one.kind))];
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    const message =
      typeof kind === 'string' ? unknownName('kind', kind, kinds) : `is missing; expected one of: ${kinds.join(', ')}`;
    return { problem: { path: ['kind'], message } };
  }
  const versions = known.filter((one) => one.kind === kind);
  const of = versions.find((one) => one.apiVersion === apiVersion);
  if (of !== undefined) return { of };
  const names = versions.map((one) => one.apiVersion);
  const message =
    typeof apiVersion === 'string'
      ? // Of names as near as each other the newest is meant.
        unknownName('apiVersion', apiVersion, names.toReversed())
      : `is missing; expected one of: ${names.join(', ')}`;
  return { problem: { path: ['apiVersion'], message } };
}
