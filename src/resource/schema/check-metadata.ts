// `apiVersion`, `kind` and `metadata` of an object, as the API server judges those of a custom resource that is created
// (apimachinery, pkg/api/validation and pkg/util/validation).
import { type Path, type Problem, shown } from '../problem.ts';
import { checkValue } from './check-value.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { Schema } from './schema.ts';

const TEXT: Schema = { type: 'string' };
const TEXTS: Schema = { type: 'object', additionalProperties: TEXT };

/** What `metadata` may hold; what only the API server writes is let in, for it comes with objects that were read. */
const METADATA: Schema = {
  type: 'object',
  properties: {
    name: TEXT,
    generateName: TEXT,
    namespace: TEXT,
    selfLink: TEXT,
    uid: TEXT,
    resourceVersion: TEXT,
    generation: { type: 'integer' },
    creationTimestamp: { type: 'string', nullable: true },
    deletionTimestamp: { type: 'string', nullable: true },
    deletionGracePeriodSeconds: { type: 'integer', nullable: true },
    labels: { ...TEXTS, nullable: true },
    annotations: { ...TEXTS, nullable: true },
    finalizers: { type: 'array', items: TEXT, nullable: true },
    ownerReferences: { type: 'array', items: { type: 'object' }, nullable: true },
    managedFields: { type: 'array', items: { type: 'object' }, nullable: true },
  },
};

export const KNOWN_METADATA = Object.keys(METADATA.properties ?? {});

const NAME =
  'expected lower-case letters, digits, "-" and ".", at most 253, beginning and ending with a letter or a digit';
const NAMESPACE =
  'expected lower-case letters, digits and "-", at most 63, beginning and ending with a letter or a digit';
const QUALIFIED =
  'expected a name of at most 63 letters, digits, "-", "_" and ".", after an optional "domain/" in lower case';
const LABEL_VALUE = 'expected at most 63 letters, digits, "-", "_" and "."';
/** Of all keys and values together. */
export const MOST_ANNOTATION_BYTES = 256 * 1024;

export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

export function checkMetadata(object: JsonObject, { apiVersion, kind, isNamespaced }: Named): readonly Problem[] {
  const { metadata } = object;
  const names = [
    ...(object.apiVersion === apiVersion ? [] : [unlike(object, 'apiVersion', apiVersion)]),
    ...(object.kind === kind ? [] : [unlike(object, 'kind', kind)]),
  ];
  if (!isObject(metadata)) return [...names, { path: ['metadata'], message: found('expected a mapping', metadata) }];
  const shape = checkValue(metadata, METADATA, ['metadata']);
  return [...names, ...(shape.length > 0 ? shape : meaningOf(metadata, isNamespaced))];
}

function unlike(object: JsonObject, key: string, expected: string): Problem {
  return { path: [key], message: found(`expected ${expected}`, object[key]) };
}

function found(expectation: string, value: JsonValue | undefined): string {
  return value === undefined ? `is missing; ${expectation}` : `${expectation}, got ${shown(value)}`;
}

function* meaningOf(metadata: JsonObject, isNamespaced: boolean): Generator<Problem> {
  const { name, generateName, namespace, labels, annotations, finalizers } = metadata;
  const at = (...path: Path) => ['metadata', ...path];
  const isGenerated = typeof generateName === 'string' && generateName !== '';
  const isNamed = typeof name === 'string' && name !== '';
  if (isNamed ? !isSubdomain(name) : !isGenerated) yield { path: at('name'), message: found(NAME, name) };
  // What follows makes the last character a good one.
  if (isGenerated && !isSubdomain(generateName.replace(/-$/, 'a'))) {
    yield { path: at('generateName'), message: found(NAME, generateName) };
  }
  if (typeof namespace === 'string' && namespace !== '') {
    if (!isNamespaced) yield { path: at('namespace'), message: 'expected none: the kind belongs to no namespace' };
    else if (!isDnsLabel(namespace)) yield { path: at('namespace'), message: found(NAMESPACE, namespace) };
  }
  for (const [key, value] of Object.entries(isObject(labels) ? labels : {})) {
    if (!isQualifiedName(key)) yield { path: at('labels', key), atKey: true, message: QUALIFIED };
    if (typeof value === 'string' && !isLabelValue(value))
      yield { path: at('labels', key), message: found(LABEL_VALUE, value) };
  }
  const notes = Object.entries(isObject(annotations) ? annotations : {});
  for (const [key] of notes) {
    // Of annotations, unlike of labels, the case of the name is not looked at.
    if (!isQualifiedName(key.toLowerCase())) yield { path: at('annotations', key), atKey: true, message: QUALIFIED };
  }
  if (notes.reduce((sum, [key, value]) => sum + Buffer.byteLength(`${key}${value}`), 0) > MOST_ANNOTATION_BYTES) {
    yield { path: at('annotations'), message: 'expected at most 256 KiB in all' };
  }
  for (const [index, one] of (isList(finalizers) ? finalizers : []).entries()) {
    if (typeof one === 'string' && !isQualifiedName(one))
      yield { path: at('finalizers', index), message: found(QUALIFIED, one) };
  }
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
}

export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

function isQualifiedName(text: string): boolean {
  const [name = '', domain, ...rest] = text.split('/').reverse();
  if (rest.length > 0 || (domain !== undefined && !isSubdomain(domain))) return false;
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name);
}

function isLabelValue(text: string): boolean {
  return /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text);
}
