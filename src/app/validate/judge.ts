// Documents of files against the schemas of their kinds: what is wrong, what its author should know, and what could not be
// judged. Ours are judged as the webhook judges them, too.
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { meaningOf } from '#resource/anomaly-detector/meaning.ts';
import { type Detector, readDetector } from '#resource/anomaly-detector/read.ts';
import { kindSchemas } from '#resource/kinds.ts';
import { type Path, type Problem, pathText } from '#resource/problem.ts';
import { checkObject, type KindSchema } from '#resource/schema/check-object.ts';
import type { UnjudgedRule } from '#resource/schema/check-rules.ts';
import { isList, isObject, type JsonValue } from '#resource/schema/json-value.ts';
import { type Place, readYaml, type YamlDocument } from '#resource/yaml-file.ts';

/** `beyond`: it is right, and costs more than its bound. */
export type Level = 'error' | 'warning' | 'unjudged' | 'beyond';

export interface Remark extends Place {
  readonly file: string;
  readonly level: Level;
  /** `spec.guards`; '' is the document. */
  readonly path: string;
  readonly message: string;
  /** `AnomalyDetector shop/latency`; '' where it has no name. */
  readonly object: string;
}

/** A detector that a cluster would take. */
export interface GoodDetector {
  readonly file: string;
  readonly object: string;
  readonly detector: Detector;
  /** Adds a remark on it. */
  say(level: Level, problem: Problem): void;
}

export interface Judgement {
  /** In the order of the files, and of each file. */
  readonly remarks: readonly Remark[];
  /** Objects that were judged, and those of kinds that no schema is known of. */
  readonly objects: number;
  readonly skipped: readonly string[];
}

export interface JudgeOptions {
  readonly group: string;
  /** Of other kinds. */
  readonly schemas: readonly KindSchema[];
}

interface Verdict {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly unjudged: readonly UnjudgedRule[];
  /** Where it is one of ours and nothing is wrong with it. */
  readonly detector?: Detector;
}

/** Judges files one after the other: no two objects of all of them may have one name. */
export function createJudging({ group, schemas }: JudgeOptions) {
  const ours = kindSchemas(ALGORITHMS, group);
  const seen = new Map<string, string>();
  const remarks: Remark[] = [];
  const skipped: string[] = [];
  const detectors: GoodDetector[] = [];
  const files = new Map<string, number>();
  let objects = 0;

  function judgeFile(file: string, text: string): void {
    files.set(file, files.size);
    for (const document of readYaml(text, file)) {
      if (document.problems.length === 0) judgeAt(file, document, document.value, []);
      for (const { place, message } of document.problems) {
        remarks.push({ file, ...place, level: 'error', path: '', message, object: '' });
      }
    }
  }

  function result(): Judgement {
    const orderOf = ({ file }: Remark) => files.get(file) ?? 0;
    const sorted = remarks.toSorted((a, b) => orderOf(a) - orderOf(b) || a.line - b.line || a.column - b.column);
    return { remarks: sorted, objects, skipped };
  }

  function judgeAt(file: string, document: YamlDocument, value: JsonValue, at: Path): void {
    if (isObject(value) && String(value.kind).endsWith('List') && isList(value.items)) {
      for (const [index, item] of value.items.entries()) judgeAt(file, document, item, [...at, 'items', index]);
      return;
    }
    const verdict = verdictOf(value);
    if (verdict === undefined) {
      skipped.push(`${file}: ${titleOf(value)}`);
      return;
    }
    objects++;
    const say = (level: Level) => (problem: Problem) => {
      const path = [...at, ...problem.path];
      const place = document.placeOf(path, problem.atKey === true);
      remarks.push({ file, ...place, level, path: pathText(path), message: problem.message, object: titleOf(value) });
    };
    verdict.problems.forEach(say('error'));
    verdict.warnings.forEach(say('warning'));
    verdict.unjudged.map(({ path, rule, why }) => ({ path, message: `${rule}: ${why}` })).forEach(say('unjudged'));
    const title = titleOf(value);
    const { detector } = verdict;
    if (detector !== undefined) {
      detectors.push({ file, object: title, detector, say: (level, problem) => say(level)(problem) });
    }
    const identity = identityOf(value);
    if (identity === undefined) return;
    const first = seen.get(identity);
    const place = document.placeOf([...at, 'metadata', 'name'], false);
    if (first === undefined) seen.set(identity, `${file}:${place.line}`);
    else say('error')({ path: ['metadata', 'name'], message: `is taken by ${first}` });
  }

  function verdictOf(value: JsonValue): Verdict | undefined {
    if (!isObject(value)) return { problems: [{ path: [], message: 'expected an object of Kubernetes' }], ...NOTHING };
    const of = schemas.find(({ apiVersion, kind }) => value.apiVersion === apiVersion && value.kind === kind);
    if (of !== undefined) return { ...checkObject(value, of), warnings: [] };
    // A near miss of ours is ours: a typo in the version must not be passed over.
    const isOurs = ours.some(({ kind }) => kind === value.kind) || String(value.apiVersion).startsWith(`${group}/`);
    if (!isOurs && value.apiVersion !== undefined && value.kind !== undefined) return undefined;
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

  return { judgeFile, detectors, result };
}

const NOTHING = { warnings: [], unjudged: [] } as const;

/** Of which a cluster has one, in whatever version; undefined for one whose name is still to be made. */
function identityOf(value: JsonValue): string | undefined {
  if (!isObject(value) || !isObject(value.metadata)) return undefined;
  const { name } = value.metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  const group = String(value.apiVersion).split('/').slice(0, -1).join('/');
  return `${group} ${titleOf(value)}`;
}

function titleOf(value: JsonValue): string {
  if (!isObject(value)) return '';
  const { kind, metadata } = value;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '') return String(kind ?? '');
  return `${String(kind)} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}
