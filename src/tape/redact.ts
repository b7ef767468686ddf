// What a recording of a cluster keeps of names. Labels that an application chose (a user's id, a URL, a customer) are left
// out; Kubernetes' own stay. With a key, names become pseudonyms that keep their shape, so that a pod still belongs to its
// service; the key is thrown away with the process, and no name can be guessed and tried. docs/tape-format.md says what stays.
import { createHmac } from 'node:crypto';
import type { Labels } from '#model/series.ts';
import type { TopologyEdge } from '#model/signal.ts';

export interface RedactionOptions {
  /** Labels that are kept as they are, beside Kubernetes' own. */
  readonly keepLabels?: readonly string[];
  /** Names become pseudonyms; random, at least 16 bytes. */
  readonly pseudonymKey?: Uint8Array;
}

export interface Redaction {
  labels(labels: Labels): Labels;
  edge(edge: TopologyEdge): TopologyEdge;
}

/** Words whose values are figures or fixed choices: no names, nothing to hide. */
const PLAIN_WORDS = ['le', 'quantile', 'resource', 'unit', 'phase', 'condition', 'status', 'reason', 'mode', 'cpu'];
/** Kinds of Kubernetes, whose values are names. */
const KIND_WORDS = [
  ...['namespace', 'pod', 'container', 'service', 'node', 'job', 'deployment', 'replicaset', 'statefulset'],
  ...['daemonset', 'cronjob', 'workload', 'horizontalpodautoscaler', 'persistentvolumeclaim'],
];
/** Make a longer name of one of these: `created_by_kind`, `job_name`, `owner_name`. */
const LINKS = ['name', 'kind', 'type', 'owner', 'created', 'by', 'is', 'controller'];

const WORDS: ReadonlySet<string> = new Set([...PLAIN_WORDS, ...KIND_WORDS, ...LINKS]);
const FIGURES: ReadonlySet<string> = new Set([...PLAIN_WORDS, ...['kind', 'type', 'is']]);

/** As a Deployment names its pods, or a StatefulSet. */
const REPLICA = /^(.+)-([a-z0-9]{6,10})-([a-z0-9]{5})$/;
const ORDINAL = /^(.+)-(\d+)$/;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const NAME_LETTERS = 8;

export function createRedaction({ keepLabels = [], pseudonymKey }: RedactionOptions): Redaction {
  const kept: ReadonlySet<string> = new Set(keepLabels);
  const known = new Map<string, string>();
  const remembered = (value: string): string => {
    if (pseudonymKey === undefined || value === '') return value;
    const pseudonym = known.get(value) ?? pseudonymOf(pseudonymKey, value);
    known.set(value, pseudonym);
    return pseudonym;
  };
  return {
    labels: (labels) =>
      Object.fromEntries(
        Object.entries(labels).flatMap(([label, value]): [string, string][] => {
          if (label === '__name__' || kept.has(label)) return [[label, value]];
          if (!isOfKubernetes(label)) return [];
          return [[label, isFigure(label) ? value : remembered(value)]];
        }),
      ),
    edge: ({ type, from, to }) => ({ type, from: remembered(from), to: remembered(to) }),
  };
}

function isOfKubernetes(label: string): boolean {
  // What is said about a series begins with two of them.
  const words = label.replace(/^__/, '').split('_');
  return words.every((word) => WORDS.has(word)) && words.some((word) => !LINKS.includes(word) || word === 'owner');
}

function isFigure(label: string): boolean {
  return FIGURES.has(label.split('_').at(-1) ?? '');
}

/** The same name has the same one wherever it stands, and a pod's begins with that of what it is named after. */
function pseudonymOf(key: Uint8Array, value: string): string {
  const [, base, hash, unique] = REPLICA.exec(value) ?? [];
  if (base !== undefined && hash !== undefined && unique !== undefined) {
    return [base, `${base}-${hash}`, value]
      .map((part, index) => letters(key, part, [NAME_LETTERS, hash.length, unique.length][index] ?? NAME_LETTERS))
      .join('-');
  }
  const [, stateful, ordinal] = ORDINAL.exec(value) ?? [];
  if (stateful !== undefined) return `${letters(key, stateful, NAME_LETTERS)}-${ordinal}`;
  return letters(key, value, NAME_LETTERS);
}

/** Without vowels and figures that look like some, so that no word comes about; the first is no figure, as DNS has it. */
function letters(key: Uint8Array, text: string, length: number): string {
  const digest = createHmac('sha256', key).update(text).digest();
  return Array.from({ length }, (_, index) => {
    const alphabet = index === 0 ? LETTERS.replace(/\d/g, '') : LETTERS;
    return alphabet[digest.readUInt16LE(index * 2) % alphabet.length];
  }).join('');
}
