// Documents of files against the schemas of their kinds: what is wrong, what its author should know, and what could not be
// judged.
import type { Detector } from '#resource/anomaly-detector/read.ts';
import { type Path, type Problem, pathText } from '#resource/problem.ts';
import { isObject, type JsonValue } from '#resource/schema/json-value.ts';
import type { Place, YamlDocument } from '#resource/yaml-file.ts';
import { documentsOf, isListOfObjects } from './documents.ts';
import type { NamedText } from './files.ts';
import { createKnownKinds, groupOf, type KindOfFile } from './known-kinds.ts';

/** `beyond`: it is right, and costs more than its bound. `note`: nothing is wrong, and somebody might wonder. */
export type Level = 'error' | 'warning' | 'unjudged' | 'beyond' | 'note';

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
  /** Files of folders that hold no object of Kubernetes, and those that are no YAML. */
  readonly noObject: readonly string[];
  readonly noYaml: readonly string[];
}

export interface JudgeOptions {
  readonly group: string;
  /** Of other kinds; ours are always judged by our own. */
  readonly schemas: readonly KindOfFile[];
}

/** Judges files one after the other: no two objects of all of them may have one name. */
export function createJudging({ group, schemas }: JudgeOptions) {
  const kinds = createKnownKinds(group, schemas);
  const seen = new Map<string, string>();
  const remarks: Remark[] = [];
  const [skipped, noObject, noYaml]: [string[], string[], string[]] = [[], [], []];
  const detectors: GoodDetector[] = [];
  const files = new Map<string, number>();
  let objects = 0;

  if (kinds.unused !== undefined) {
    const { file, kind } = kinds.unused;
    const message = `what it says of ${kind} was not used: kinds of ${group} are judged as the webhook of this version does`;
    remarks.push({ ...wholeFile(file), level: 'note', message });
  }

  function judgeFile(named: NamedText): void {
    const { file, isNamed } = named;
    files.set(file, files.size);
    const read = documentsOf(named, kinds);
    if (read.kind === 'documents') for (const document of read.documents) judgeDocument(file, document);
    else if (read.kind === 'no-object') noObject.push(file);
    else if (read.kind === 'no-yaml') noYaml.push(file);
    else {
      const level = isNamed ? 'error' : read.mayBeJudged ? 'unjudged' : 'note';
      remarks.push({ ...wholeFile(file), level, message: read.message });
    }
  }

  function judgeDocument(file: string, document: YamlDocument): void {
    if (document.problems.length === 0) judgeAt(file, document, document.value, []);
    for (const { place, message } of document.problems) {
      remarks.push({ file, ...place, level: 'error', path: '', message, object: '' });
    }
  }

  function result(): Judgement {
    const orderOf = ({ file }: Remark) => files.get(file) ?? 0;
    const sorted = remarks.toSorted((a, b) => orderOf(a) - orderOf(b) || a.line - b.line || a.column - b.column);
    return { remarks: sorted, objects, skipped, noObject, noYaml };
  }

  function judgeAt(file: string, document: YamlDocument, value: JsonValue, at: Path): void {
    if (isListOfObjects(value)) {
      for (const [index, item] of value.items.entries()) judgeAt(file, document, item, [...at, 'items', index]);
      return;
    }
    const verdict = kinds.verdictOf(value);
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

  return { judgeFile, detectors, result };
}

function wholeFile(file: string) {
  return { file, line: 1, column: 1, path: '', object: '' };
}

/** Of which a cluster has one, in whatever version; undefined for one whose name is still to be made. */
function identityOf(value: JsonValue): string | undefined {
  if (!isObject(value) || !isObject(value.metadata)) return undefined;
  const { name } = value.metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  return `${groupOf(String(value.apiVersion))} ${titleOf(value)}`;
}

function titleOf(value: JsonValue): string {
  if (!isObject(value)) return '';
  const { kind, metadata } = value;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '') return String(kind ?? '');
  return `${String(kind)} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}
