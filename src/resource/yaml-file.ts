// Reads the YAML documents of a file so that every later complaint can name its line. YAML's traps are refused here:
// doubled keys, tabs, unknown tags, keys that are no names, aliases that multiply, nesting without end.
import {
  type Alias,
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml';
import { AppError } from '#kit/errors.ts';
import type { Path } from './problem.ts';
import type { JsonValue } from './schema/json-value.ts';
import { isMerge, isMergeKey, plainOf } from './yaml-value.ts';

const MAX_CHARACTERS = 1_000_000;

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocument {
  /** Plain data; null when it could not be read. */
  readonly value: JsonValue;
  /** False where its very signs are not YAML, or its keys are none: a template, say. */
  readonly isYaml: boolean;
  /** What YAML itself found wrong. */
  readonly problems: readonly { readonly place: Place; readonly message: string }[];
  /** Where a value (or its key) stands; where it is missing, its nearest parent. */
  placeOf(path: Path, atKey: boolean): Place;
}

/** The file's documents, empty ones left out. Throws `bad-config` for what is too long or nested too deep. */
export function readYaml(
  text: string,
  fileName: string,
  { mostCharacters = MAX_CHARACTERS }: { readonly mostCharacters?: number } = {},
): readonly YamlDocument[] {
  if (text.length > mostCharacters) {
    throw new AppError(
      'bad-config',
      `${fileName}: longer than ${mostCharacters} characters; split it into several files`,
    );
  }
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      ...{ lineCounter: lines, prettyErrors: false, logLevel: 'error', intAsBigInt: true },
      uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && a.value === b.value && !isMergeKey(a),
    });
    return [...documents].map((document) => readDocument(document, lines)).filter((document) => !isEmpty(document));
  } catch (cause) {
    // The parser recurses, so that nesting without end runs it out of stack.
    const why = reasonOf(cause);
    throw new AppError('bad-config', `${fileName}: cannot be read as YAML: ${why}; is this the right file?`, { cause });
  }
}

/** Why it cannot be read; running out of stack, which YAML partly wraps in an error of its own, in words of the file. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.includes('call stack') ? 'it is nested too deep' : error.message;
}

function isEmpty(document: YamlDocument): boolean {
  return document.problems.length === 0 && document.value === null;
}

function readDocument(document: Document, lines: LineCounter): YamlDocument {
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    place: placeAt(error.pos[0]),
    message: error.code === 'DUPLICATE_KEY' ? 'this key is given twice' : reasonOf(error),
  }));
  let isYaml = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const anchors = new Map<string, Node>();
  const anchored = new Map<Alias, Node>();
  visit(document, {
    Alias(_, alias) {
      const node = anchors.get(alias.source);
      if (node !== undefined) anchored.set(alias, node);
    },
    Collection(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Pair(_, pair) {
      const place = placeAt(startOf(pair.key) ?? 0);
      if (isCollection(pair.key)) {
        isYaml = false;
        problems.push({ place, message: 'expected a name as key, got a list or a mapping' });
      }
      // Every layer below would drop it in silence.
      if (isScalar(pair.key) && pair.key.value === '__proto__')
        problems.push({ place, message: 'a key may not be __proto__' });
    },
    Scalar(_, scalar) {
      if (scalar.anchor !== undefined) anchors.set(scalar.anchor, scalar);
      const trap = trapOf(scalar);
      if (trap !== undefined) problems.push({ place: placeAt(startOf(scalar) ?? 0), message: trap });
    },
  });
  let value: JsonValue = null;
  if (problems.length === 0) {
    try {
      value = plainOf(document, anchored);
    } catch (error) {
      problems.push({ place: placeAt(offsetOf(document, [], false)), message: reasonOf(error) });
    }
  }
  return { value, isYaml, problems, placeOf: (path, atKey) => placeAt(offsetOf(document, path, atKey)) };
}

/** What kubectl, which reads an older YAML, would take for something else than it looks like. */
function trapOf({ type, source, value }: Scalar): string | undefined {
  if (type !== 'PLAIN' || source === undefined) return undefined;
  if (/^(y|n|yes|no|on|off)$/i.test(source)) {
    return `kubectl reads ${source} as true or false: put it in quotes, or write true or false`;
  }
  if (/^[-+]?0[0-7]+$/.test(source) || /^[-+]?[0-9][0-9_]*_[0-9_]*$/.test(source)) {
    return `kubectl reads ${source} as another number: write it in plain digits, or in quotes if it is a text`;
  }
  return typeof value === 'number' && !Number.isFinite(value) ? 'JSON has no such number' : undefined;
}

function offsetOf(document: Document, path: Path, atKey: boolean): number {
  let offset = startOf(document.contents) ?? startOf(document) ?? 0;
  let node: unknown = document.contents;
  for (const [index, part] of path.entries()) {
    if (!isCollection(node)) return offset;
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
    );
    const value = isPair(pair) ? pair.value : node.get(part, true);
    // What was merged into it is told where that was done.
    if (value === undefined) return startOf(isMap(node) ? node.items.find(isMerge)?.key : undefined) ?? offset;
    // On the way down the key's place is kept: a missing value is told where its parent begins, which has a name.
    const atValue = index === path.length - 1 && !atKey ? startOf(value) : undefined;
    offset = atValue ?? (isPair(pair) ? startOf(pair.key) : undefined) ?? startOf(value) ?? offset;
    node = value;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = node !== null && typeof node === 'object' && 'range' in node ? node.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof start === 'number' ? start : undefined;
}
