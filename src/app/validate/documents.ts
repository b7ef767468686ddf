// What a file is before it is judged. Named by itself it is a manifest; of a folder it may be anything that ends in .yaml or
// .json, and what holds no object of Kubernetes is passed over.
import { AppError } from '#kit/errors.ts';
import { isList, isObject, type JsonValue } from '#resource/schema/json-value.ts';
import { readYaml, type YamlDocument } from '#resource/yaml-file.ts';
import type { NamedText } from './files.ts';
import type { KnownKinds } from './known-kinds.ts';

export type Read =
  | { readonly kind: 'documents'; readonly documents: readonly YamlDocument[] }
  /** Passed over: it holds no object, or is no YAML. */
  | { readonly kind: 'no-object' }
  | { readonly kind: 'no-yaml' }
  /** `mayBeJudged`: the message tells of something that a cluster might get. */
  | { readonly kind: 'unread'; readonly message: string; readonly mayBeJudged: boolean };

export function documentsOf({ file, text, isNamed }: NamedText, kinds: KnownKinds): Read {
  let documents: readonly YamlDocument[];
  try {
    documents = readYaml(text, file);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = error.message.replace(`${file}: `, '');
    return { kind: 'unread', message, mayBeJudged: isNamed || kinds.isIn(text) };
  }
  if (isNamed) return { kind: 'documents', documents };
  if (text.includes('{{') && documents.some(({ isYaml }) => !isYaml)) {
    const message = 'is a template; judge what it makes: helm template … | tidewatch validate -f -';
    return kinds.isIn(text) ? { kind: 'unread', message, mayBeJudged: true } : { kind: 'no-yaml' };
  }
  // A file with one object is a manifest, in which a document without a kind is a mistake.
  const isManifest = documents.some(({ problems, value }) =>
    problems.length > 0 ? looksLikeObject(text) : isObjectOfKubernetes(value) || kinds.isOurs(value),
  );
  if (isManifest) return { kind: 'documents', documents };
  return { kind: documents.some(({ isYaml }) => !isYaml) ? 'no-yaml' : 'no-object' };
}

export function isListOfObjects(value: JsonValue): value is { readonly items: readonly JsonValue[] } {
  return isObject(value) && String(value.kind).endsWith('List') && isList(value.items);
}

function isObjectOfKubernetes(value: JsonValue): boolean {
  if (isListOfObjects(value)) return true;
  return isObject(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string';
}

/** Of a text that could not be read: whether it has both names where an object may have them, also in JSON of one line. */
function looksLikeObject(text: string): boolean {
  return ['apiVersion', 'kind'].every((name) => new RegExp(`^${name}[ \\t]*:|"${name}"[ \\t]*:`, 'm').test(text));
}
